// A document of many small blocks that FlowView lays out only where it is visible.
//
// Pure values: built on a pool thread by the documents of the details (messages, events, raw …), shown on the
// GUI thread. Colours and fonts are roles, so that a change of theme needs no new document. No block holds
// more than kChunkCharacters, so that one line of 8 MB costs no more to lay out than what is on the screen.
#pragma once

#include "model/trace/kind.h"

#include <QImage>
#include <QSet>
#include <QString>

#include <cstdint>
#include <string_view>
#include <vector>

namespace clew::views {

enum class Tone : std::uint8_t { Text, Text2, Text3, Accent, Ok, Warn, Err };
enum class Face : std::uint8_t { Body, Strong, Small, SmallStrong, Mono };

struct Mark {
    int start = 0;
    int length = 0;
    Tone tone = Tone::Text;
    bool strong = false;
    bool mono = false;
};

// One run of text that can be selected. Lines are separated by '\n'.
struct FlowText {
    QString text;
    Face face = Face::Body;
    Tone tone = Tone::Text;
    std::vector<Mark> marks;
    bool continues = false; // the same line goes on in the next block: copied without a line break
    bool selectable = true;
    bool json = false; // breaks anywhere, continued lines hang
};

// A text in one look; a caption is not part of what a selection copies, unless it says so.
inline FlowText label(const QString& text, Face face, Tone tone) {
    FlowText out;
    out.text = text;
    out.face = face;
    out.tone = tone;
    return out;
}
inline FlowText caption(const QString& text, Face face, Tone tone, bool selectable = false) {
    FlowText out = label(text, face, tone);
    out.selectable = selectable;
    return out;
}

enum class BlockType : std::uint8_t {
    Text,        // cells[0], wrapped
    Row,         // one line: icon, cells[0], cells[1] elided, cells[2] at the right
    Pair,        // two columns: cells[0] and cells[1], wrapped
    PairHead,    // the heads of both columns: cells[0] | cells[1] and cells[2] at the right
    Image,       // `image`
    Composition, // `shares`
    Space,
};

enum class CardStyle : std::uint8_t { None, Plain, Error, Silent, Notice, SilentNotice, WarnNotice, Code };

struct Share {
    QString label;
    double amount = 0;
    Kind kind = Kind::generic;
    bool mcp = false;
    bool hatched = false;
    QString figure; // "1.1k"
    QString tip;    // exact figures
    QString action; // what a click on it does; empty = nothing
};

struct FlowBlock {
    BlockType type = BlockType::Text;
    QString key;    // stable within the conversation; where the scroll holds on to
    QString action; // what a click on the block does; empty = nothing
    QString icon;   // name in resources/icons, before cells[0] (and before cells[1] of a PairHead)
    QString icon2;
    Tone iconTone = Tone::Text2;
    Tone iconTone2 = Tone::Err;
    int kindIcon = -1; // Kind whose hue the icon takes
    std::vector<FlowText> cells;
    QString linkText; // at the right end of a row, in the accent, with its own action
    QString linkAction;
    int indent = 0;
    int above = 0; // px before and behind, unscaled
    int below = 0;
    bool rule = false;     // a line over it, from edge to edge
    bool thisCall = false; // the accent bar at the left edge
    bool bullet = false;
    int card = -1; // blocks of one card stand together and share its frame
    CardStyle cardStyle = CardStyle::None;
    QImage image;
    std::vector<Share> shares;
    QString note; // right end of a composition: "42 % cached"
    bool noteWarns = false;
    double cached = -1; // share of the bar under the bracket; < 0 = unknown
    QString tip;
};

// What is unfolded. Keys are those of the blocks' actions.
struct FoldState {
    QSet<QString> open;
    int history = 0;         // steps in which earlier messages were opened
    bool everything = false; // while finding: what is folded must be found too
    [[nodiscard]] bool isOpen(const QString& key) const { return everything || open.contains(key); }
};

struct BuildOptions {
    FoldState fold;
    int columns = 64;     // characters of the mono font that fit
    int cardColumns = 28; // in one column of a card
};

inline constexpr qsizetype kChunkCharacters = 2000;
inline constexpr int kChunkLines = 40;

struct FlowDocument {
    std::vector<FlowBlock> blocks;
    int cards = 0;

    FlowBlock& add(FlowBlock block);
    int newCard() { return cards++; }
};

// The head of a section: a row under a rule, still without its cells.
FlowBlock headRow(const QString& key);
// A row that folds: chevron, title, preview, size at the right. `key` is also what opens it.
FlowBlock foldRow(const FoldState& fold, const QString& key, const QString& title, const QString& preview,
                  const QString& right);
// The last rule, with room under it.
void addEnd(FlowDocument& document);

// Cuts at line breaks, and long lines where they must be cut, never inside a surrogate pair.
std::vector<FlowText> chunked(FlowText text);

// Adds `text` as blocks like `pattern` (indent, card, key …), in chunks. `above` and `below` of the pattern
// go to the first and the last.
void addText(FlowDocument& document, const FlowBlock& pattern, FlowText text);

// Where and how long texts fold.
struct FoldLimit {
    qsizetype characters = 1600;
    int lines = 24;
    qsizetype shownCharacters = 700;
    int shownLines = 12;
};

// As addText(), but a text over the limit is cut, with "Show all 1.2 MB" behind it, unless `key` is open.
void addFolded(FlowDocument& document, const FlowBlock& pattern, FlowText text, const QString& key,
               const FoldState& fold, const FoldLimit& limit, qint64 bytes);
// Beginning of `text` within the limit's shown lines and characters; marks are cut with it.
FlowText beginningOf(const FlowText& text, const FoldLimit& limit);
bool isLong(const FlowText& text, const FoldLimit& limit);

QString fromUtf8(std::string_view text);   // defined in views/trace/span_text.cpp
QString charactersText(qint64 characters); // "1,120 chars"
QString bytesText(qint64 bytes);           // "1.2 MB"

} // namespace clew::views
