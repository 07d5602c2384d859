// Every code that the sources use must be in the message table, and every sentence must read as one.

#include "model/base/messages.h"

#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

#include <algorithm>

using namespace clew;

class MessageTableTest : public QObject {
    Q_OBJECT

private:
    static QSet<QString> codesInSources() {
        // Error{"file.not_found", …} and notes: a quoted word.word in lower case behind a brace, comma, = or
        // (.
        static const QRegularExpression code(QStringLiteral(
            R"re((?:Error\s*\{|Error\(|code\s*=\s*|note\(|\.code == )\s*"([a-z_]+\.[a-z_0-9]+)")re"));
        QSet<QString> found;
        for (const char* folder : {"model", "importers", "views", "app"}) {
            QDirIterator it(QStringLiteral(CLEW_SOURCE_DIR "/") + QLatin1String(folder), {"*.cpp", "*.h"},
                            QDir::Files, QDirIterator::Subdirectories);
            while (it.hasNext()) {
                QFile file(it.next());
                if (!file.open(QIODevice::ReadOnly)) continue;
                auto match = code.globalMatch(QString::fromUtf8(file.readAll()));
                while (match.hasNext())
                    found.insert(match.next().captured(1));
            }
        }
        return found;
    }

private slots:
    void everyCodeHasASentence() {
        const QSet<QString> codes = codesInSources();
        QVERIFY(codes.size() > 5);
        for (const QString& code : codes)
            QVERIFY2(find_message(code.toStdString()), qPrintable("not in the table: " + code));
    }
    void codesAreUnique() {
        QSet<QString> seen;
        for (const MessageEntry& entry : message_table()) {
            const QString code =
                QString::fromUtf8(entry.code.data(), static_cast<qsizetype>(entry.code.size()));
            QVERIFY2(!seen.contains(code), qPrintable(code));
            seen.insert(code);
        }
    }
    void sentencesEndAsSentences() {
        for (const MessageEntry& entry : message_table()) {
            if (entry.text == "{0}") continue;
            QVERIFY2(entry.text.ends_with('.') || entry.text.ends_with('}'), entry.text.data());
            QVERIFY2(entry.hint.empty() || entry.hint.ends_with('.') || entry.hint.ends_with('}'),
                     entry.hint.data());
        }
    }
    void argumentsAndPlaceAreFilledIn() {
        const Error error{"file.not_readable", {"a.jsonl", "permission denied"}, "a.jsonl, line 3"};
        QCOMPARE(
            QString::fromStdString(sentence(error)),
            QStringLiteral(
                "“a.jsonl” could not be read: permission denied. (a.jsonl, line 3) Check the permissions "
                "of the file."));
    }
    void unknownCodesAreStillSaid() {
        QCOMPARE(QString::fromStdString(sentence(Error{"no.such", {"x"}, {}})), QStringLiteral("no.such x"));
    }
};

QTEST_GUILESS_MAIN(MessageTableTest)
#include "tst_message_table.moc"
