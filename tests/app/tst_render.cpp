// Pictures without a screen: every view, theme and scale gives a picture of the asked size that is not blank.

#include "app/gui/render.h"
#include "importers/import_job.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace clew;
using namespace clew::app;

class TestRender : public QObject {
    Q_OBJECT

    std::unique_ptr<Store> m_store;

    static int colours(const QImage& image) {
        QSet<QRgb> seen;
        for (int y = 0; y < image.height(); y += 3) {
            for (int x = 0; x < image.width(); x += 3)
                seen.insert(image.pixel(x, y));
        }
        return static_cast<int>(seen.size());
    }

private slots:
    void initTestCase() {
        StoreOptions options;
        options.temporary = true;
        auto store = Store::open(options);
        QVERIFY(store.ok());
        m_store = std::move(*store);
        auto target = m_store->import_target();
        QVERIFY(target.ok());
        ImportOptions import;
        import.path = CLEW_TEST_DATA "/agent_telemetry/basic.jsonl";
        QVERIFY(import_source(import, **target).ok());
    }

    void everyView() {
        for (const char* name : {"trace", "tree", "waterfall", "details", "runs", "minimap", "costs"}) {
            for (const auto theme :
                 {views::ThemeName::Light, views::ThemeName::Dark, views::ThemeName::HighContrast}) {
                RenderOptions options;
                options.view = *renderViewFromName(name);
                options.theme = theme;
                options.size = QSize(800, 500);
                const auto image = renderImage(*m_store, options);
                QVERIFY(image.ok());
                QCOMPARE(image->size(), options.size);
                QVERIFY2(colours(*image) > 3, name);
            }
        }
        QVERIFY(!renderViewFromName("budget"));
    }

    void scaleAndFiles() {
        RenderOptions options;
        options.size = QSize(640, 480);
        options.scale = 2;
        const auto image = renderImage(*m_store, options);
        QVERIFY(image.ok());
        QCOMPARE(image->size(), QSize(1280, 960));
        QTemporaryDir folder;
        for (const char* name : {"a.png", "a.svg"}) {
            const QString path = folder.filePath(QLatin1String(name));
            QVERIFY(renderToFile(*m_store, options, path.toStdString()).ok());
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY(file.size() > 1000);
        }
        const auto failed = renderToFile(*m_store, options, "/nowhere/at/all.png");
        QVERIFY(!failed.ok());
        QCOMPARE(failed.error().code, std::string_view("file.not_writable"));
    }
};

QTEST_MAIN(TestRender)
#include "tst_render.moc"
