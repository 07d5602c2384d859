#include "views/runs/facet_bar.h"

#include "model/base/numbers.h"
#include "model/store/filter.h"
#include "model/store/filter/facets.h"
#include "model/store/filter/keys.h"
#include "model/store/trace_store.h"
#include "views/runs/facet_chip.h"
#include "views/text.h"

#include <QCoreApplication>
#include <QMenu>
#include <QPointer>

#include <array>
#include <span>

namespace clew::views {

namespace {

struct FacetKey {
    const char* key;
    const char* title;
    bool fixed;
};
// In the order of the bar.
constexpr std::array kFacetKeys = {
    FacetKey{"status", QT_TRANSLATE_NOOP("Facets", "Status"), true},
    FacetKey{"kind", QT_TRANSLATE_NOOP("Facets", "Kind"), true},
    FacetKey{"agent", QT_TRANSLATE_NOOP("Facets", "Agent"), true},
    FacetKey{"model", QT_TRANSLATE_NOOP("Facets", "Model"), true},
    FacetKey{"tool", QT_TRANSLATE_NOOP("Facets", "Tool"), true},
    FacetKey{"has", QT_TRANSLATE_NOOP("Facets", "Has"), false},
    FacetKey{"seq", QT_TRANSLATE_NOOP("Facets", "In order"), false},
    FacetKey{"duration", QT_TRANSLATE_NOOP("Facets", "Duration"), true},
    FacetKey{"cost", QT_TRANSLATE_NOOP("Facets", "Cost"), true},
    FacetKey{"finding", QT_TRANSLATE_NOOP("Facets", "Finding"), true},
    FacetKey{"tokens", QT_TRANSLATE_NOOP("Facets", "Tokens"), false},
    FacetKey{"tokens_in", QT_TRANSLATE_NOOP("Facets", "Tokens in"), false},
    FacetKey{"tokens_out", QT_TRANSLATE_NOOP("Facets", "Tokens out"), false},
    FacetKey{"feedback", QT_TRANSLATE_NOOP("Facets", "Feedback"), true},
    FacetKey{"label", QT_TRANSLATE_NOOP("Facets", "Label"), false},
    FacetKey{"prompt", QT_TRANSLATE_NOOP("Facets", "Prompt"), true},
    FacetKey{"session", QT_TRANSLATE_NOOP("Facets", "Session"), true},
    FacetKey{"user", QT_TRANSLATE_NOOP("Facets", "User"), false},
    FacetKey{"source", QT_TRANSLATE_NOOP("Facets", "Source"), false},
    FacetKey{"service", QT_TRANSLATE_NOOP("Facets", "Service"), false},
    FacetKey{"name", QT_TRANSLATE_NOOP("Facets", "Name"), false},
    FacetKey{"is", QT_TRANSLATE_NOOP("Facets", "Is"), false},
};

struct Preset {
    const char* key;
    const char* title;
    const char* term;
};
constexpr std::array kPresets = {
    Preset{"duration", QT_TRANSLATE_NOOP("Facets", "more than 1 s"), "duration>1s"},
    Preset{"duration", QT_TRANSLATE_NOOP("Facets", "more than 10 s"), "duration>10s"},
    Preset{"duration", QT_TRANSLATE_NOOP("Facets", "more than 1 m"), "duration>1m"},
    Preset{"duration", QT_TRANSLATE_NOOP("Facets", "more than 10 m"), "duration>10m"},
    Preset{"cost", QT_TRANSLATE_NOOP("Facets", "more than $0.01"), "cost>0.01"},
    Preset{"cost", QT_TRANSLATE_NOOP("Facets", "more than $0.10"), "cost>0.10"},
    Preset{"cost", QT_TRANSLATE_NOOP("Facets", "more than $1"), "cost>1"},
    Preset{"cost", QT_TRANSLATE_NOOP("Facets", "more than $10"), "cost>10"},
    Preset{"start", QT_TRANSLATE_NOOP("Facets", "Last hour"), "start>-1h"},
    Preset{"start", QT_TRANSLATE_NOOP("Facets", "Today (UTC)"), "start:today"},
    Preset{"start", QT_TRANSLATE_NOOP("Facets", "Last 24 hours"), "start>-24h"},
    Preset{"start", QT_TRANSLATE_NOOP("Facets", "Last 7 days"), "start>-7d"},
    Preset{"start", QT_TRANSLATE_NOOP("Facets", "Last 30 days"), "start>-30d"},
    Preset{"start", QT_TRANSLATE_NOOP("Facets", "Last 90 days"), "start>-90d"},
};

QString facetText(const char* text) {
    return QCoreApplication::translate("Facets", text);
}

constexpr int kInset = 8, kBetween = 6, kNamesShown = 12;

// What a chip says of the conditions of one key.
QString saidBy(const std::vector<FilterFacet>& facets, const QString& key) {
    QStringList parts;
    for (const FilterFacet& facet : facets) {
        if (fromUtf8(facet.key) != key) continue;
        const QString value = fromUtf8(facet.value);
        parts << (facet.negated ? facetText(QT_TRANSLATE_NOOP("Facets", "not %1")).arg(value) : value);
    }
    for (const Preset& preset : kPresets) {
        const auto alone = facets_of(preset.term);
        if (key == QLatin1String(preset.key) && parts.size() == 1 && parts[0] == fromUtf8(alone[0].value))
            return facetText(preset.title);
    }
    return parts.join(QStringLiteral(", "));
}

} // namespace

FacetBar::FacetBar(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    for (const FacetKey& facet : kFacetKeys)
        addChip(QLatin1String(facet.key), facetText(facet.title), facet.fixed);
    m_time = addChip(QStringLiteral("start"), tr("Time"), true);
    m_more = new FacetChip(theme, tr("More"), this);
    connect(m_more, &FacetChip::clicked, this, &FacetBar::openMore);
    setAccessibleName(tr("Facets of the filter"));
    connect(&theme, &Theme::changed, this, &FacetBar::layOut);
    layOut();
}

FacetChip* FacetBar::addChip(const QString& key, const QString& title, bool fixed) {
    auto* chip = new FacetChip(m_theme, title, this);
    connect(chip, &FacetChip::clicked, this, [this, key, chip] { openChoices(key, chip); });
    connect(chip, &FacetChip::removed, this, [this, key] { want(key, {}); });
    m_facets.append({key, chip, fixed});
    return chip;
}

FacetChip* FacetBar::chip(const QString& key) const {
    for (const Facet& facet : m_facets)
        if (facet.key == key) return facet.chip;
    return nullptr;
}

void FacetBar::showFilter(const QString& filter) {
    const std::string text = filter.toStdString();
    if (read_filter(text).error) return;
    m_filter = filter;
    const auto facets = facets_of(text);
    for (const Facet& facet : m_facets)
        facet.chip->setValue(saidBy(facets, facet.key));
    layOut();
}

void FacetBar::layOut() {
    setFixedHeight(m_theme.px(32));
    const int height = m_theme.px(22);
    const int top = (m_theme.px(32) - height) / 2 - 1;
    const auto place = [&](FacetChip* chip, int x) {
        chip->setGeometry(x, top, chip->sizeHint().width(), height);
        chip->show();
    };
    const int timeWidth = m_time->sizeHint().width();
    place(m_time, width() - kInset - timeWidth);
    const int room = m_time->x() - 2 * kInset;
    const int more = m_more->sizeHint().width() + kBetween;
    // What is on stands before what is only offered, where there is no room for all.
    int needed = kInset;
    for (const Facet& facet : m_facets)
        if (facet.chip != m_time && !facet.chip->value().isEmpty())
            needed += facet.chip->sizeHint().width() + kBetween;
    int wanted = needed;
    for (const Facet& facet : m_facets)
        if (facet.chip != m_time && facet.chip->value().isEmpty() && facet.fixed)
            wanted += facet.chip->sizeHint().width() + kBetween;
    const bool all = wanted <= room;
    int spare = room - needed - more;
    int x = kInset;
    for (const Facet& facet : m_facets) {
        if (facet.chip == m_time) continue;
        const int width = facet.chip->sizeHint().width() + kBetween;
        const bool on = !facet.chip->value().isEmpty();
        const bool shown = on ? x + width <= room : facet.fixed && (all || spare >= width);
        if (!shown) {
            facet.chip->hide();
            continue;
        }
        if (!on) spare -= width;
        place(facet.chip, x);
        x += width;
    }
    place(m_more, x);
}

void FacetBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layOut();
}

void FacetBar::want(const QString& key, const QString& term) {
    const std::string filter = m_filter.toStdString();
    const std::string wanted = term.isEmpty() ? without_facet(filter, key.toStdString())
                                              : with_facet(filter, key.toStdString(), term.toStdString());
    emit filterWanted(QString::fromStdString(wanted));
}

void FacetBar::addChoice(const QString& key, const QString& title, const QString& term, bool chosen) {
    QString shown = title;
    QAction* action = m_menu->addAction(shown.replace(QLatin1Char('&'), QLatin1String("&&")));
    action->setCheckable(true);
    action->setChecked(chosen);
    connect(action, &QAction::triggered, this,
            [this, key, term, chosen] { want(key, chosen ? QString() : term); });
}

// The one before may be the one whose choice opens this one.
void FacetBar::newMenu() {
    if (m_menu) m_menu->deleteLater();
    m_menu = new QMenu(this);
}

void FacetBar::openChoices(const QString& key, FacetChip* at) {
    newMenu();
    m_menu->setAccessibleName(tr("Choices of %1").arg(at->title()));
    const QString current = chip(key)->value();
    const auto* known = find_filter_key(key.toStdString());
    bool listed = false;
    for (const Preset& preset : kPresets) {
        if (key != QLatin1String(preset.key)) continue;
        const QString title = facetText(preset.title);
        addChoice(key, title, QLatin1String(preset.term), current == title);
        listed = true;
    }
    if (known && !known->choices.empty()) {
        for (const std::string_view choice : known->choices) {
            const QString title = fromUtf8(choice);
            addChoice(key, title, QString::fromStdString(facet_term(key.toStdString(), choice)),
                      current == title);
        }
        listed = true;
    }
    if (known && (!listed || known->takes == FilterValue::name)) fillNames(key, current);
    m_menu->addSeparator();
    if (!current.isEmpty()) m_menu->addAction(tr("Any"), this, [this, key] { want(key, {}); });
    if (known) {
        m_menu->addAction(tr("Type it…"), this, [this, key] {
            const QString filter =
                QString::fromStdString(without_facet(m_filter.toStdString(), key.toStdString()));
            emit typingWanted((filter + QLatin1Char(' ') + key + QLatin1Char(':')).trimmed());
        });
    }
    m_menu->popup(at->mapToGlobal(QPoint(0, at->height() + 2)));
}

void FacetBar::fillNames(const QString& key, const QString& current) {
    QAction* waiting = m_menu->addAction(tr("Looking…"));
    waiting->setEnabled(false);
    if (!m_store) return;
    m_asker.ask(
        [store = m_store, word = key.toStdString()](std::stop_token stop) {
            return store->values_in_use(word, {}, kNamesShown, stop);
        },
        [this, key, current, waiting,
         menu = QPointer<QMenu>(m_menu)](const Result<std::vector<ValueInUse>>& values) {
            if (!menu || menu != m_menu) return;
            if (!values || values->empty()) {
                waiting->setText(tr("None in these runs"));
                return;
            }
            QAction* before = waiting;
            for (const ValueInUse& value : *values) {
                const QString name = fromUtf8(value.value);
                addChoice(key, QFontMetrics(menu->font()).elidedText(name, Qt::ElideMiddle, m_theme.px(320)),
                          QString::fromStdString(facet_term(key.toStdString(), value.value)),
                          current == name);
                QAction* action = menu->actions().last();
                action->setText(action->text() + QLatin1Char('\t') +
                                QString::fromStdString(format_count(value.traces)));
                menu->removeAction(action);
                menu->insertAction(before, action);
            }
            menu->removeAction(waiting);
        });
}

void FacetBar::openMore() {
    newMenu();
    for (const Facet& facet : m_facets) {
        const auto* known = find_filter_key(facet.key.toStdString());
        if (facet.chip->isVisible() || !known) continue;
        m_menu->addAction(facet.chip->title() + QStringLiteral("…"), this,
                          [this, key = facet.key] { openChoices(key, m_more); });
    }
    m_menu->popup(m_more->mapToGlobal(QPoint(0, m_more->height() + 2)));
}

} // namespace clew::views
