#include "model/store/snapshot_builder.h"
#include "model/trace/span.h"

#include <QTest>

#include <random>

using namespace clew;

namespace {

SnapshotSpan span(std::uint64_t id, std::uint64_t parent, TimeNs start, TimeNs end = kNoTime) {
    SnapshotSpan s;
    s.id = {id};
    s.parent_id = {parent};
    s.start = start;
    s.end = end == kNoTime ? start + 1 : end;
    return s;
}

SnapshotSpan call(std::uint64_t id, std::uint64_t parent, TimeNs start, Kind kind, std::int64_t in,
                  std::int64_t out, PicoUsd cost = kUnknownCount) {
    SnapshotSpan s = span(id, parent, start);
    s.kind = kind;
    s.input_tokens = in;
    s.output_tokens = out;
    s.cost = cost;
    return s;
}

TraceSnapshot tree(std::vector<SnapshotSpan> spans) {
    TraceSnapshot trace;
    trace.spans = std::move(spans);
    arrange_spans(trace);
    return trace;
}

// Ids in order, indented by ">" per level; "?" orphan, "o" cut ring.
QString shape(const TraceSnapshot& trace) {
    QStringList out;
    for (const auto& s : trace.spans)
        out << QString(s.depth, '>') + QString::number(s.id.value) + (s.orphan ? "?" : "") +
                   (s.cycle ? "o" : "");
    return out.join(' ');
}

// What every snapshot holds, whatever came in.
void check_links(const TraceSnapshot& trace) {
    const auto n = static_cast<std::int32_t>(trace.spans.size());
    for (std::int32_t i = 0; i < n; ++i) {
        const auto& s = trace.spans[static_cast<std::size_t>(i)];
        QVERIFY(s.parent < i);
        QVERIFY(s.subtree >= 1 && i + static_cast<std::int32_t>(s.subtree) <= n);
        if (s.first_child != kNoSpan) QCOMPARE(s.first_child, i + 1);
        QCOMPARE(s.first_child == kNoSpan, s.subtree == 1);
        if (s.next_sibling != kNoSpan) {
            QCOMPARE(s.next_sibling, i + static_cast<std::int32_t>(s.subtree));
            QCOMPARE(trace.spans[static_cast<std::size_t>(s.next_sibling)].parent, s.parent);
        }
        if (s.parent != kNoSpan) {
            const auto& p = trace.spans[static_cast<std::size_t>(s.parent)];
            QVERIFY(s.parent_id == p.id);
            QVERIFY(i < s.parent + static_cast<std::int32_t>(p.subtree));
            if (p.depth < 65535) QCOMPARE(int{s.depth}, p.depth + 1);
        }
        QVERIFY(trace.find(s.id) <= i && trace.find(s.id) != kNoSpan);
    }
}

} // namespace

class TestSnapshot : public QObject {
    Q_OBJECT
private slots:
    void empty() { QVERIFY(tree({}).spans.empty()); }

    void preorder_by_start() {
        const auto t = tree({span(5, 2, 40), span(3, 1, 30), span(2, 1, 20), span(1, 0, 10), span(4, 2, 25)});
        QCOMPARE(shape(t), "1 >2 >>4 >>5 >3");
        check_links(t);
        QCOMPARE(t.spans[0].subtree, 5u);
        QCOMPARE(t.spans[1].next_sibling, 4);
        QCOMPARE(t.find({4}), 2);
        QCOMPARE(t.find({99}), kNoSpan);
    }

    void same_start_keeps_the_order_of_storing() {
        QCOMPARE(shape(tree({span(1, 0, 5), span(9, 1, 7), span(4, 1, 7), span(6, 1, 7)})), "1 >9 >4 >6");
    }

    void orphans_stand_at_the_top_by_time() {
        const auto t = tree({span(1, 0, 10), span(2, 77, 5), span(3, 2, 20), span(4, 88, 15)});
        QCOMPARE(shape(t), "2? >3 1 4?");
        check_links(t);
        QCOMPARE(t.spans[0].next_sibling, 2);
    }

    void rings_are_cut_at_their_earliest_span() {
        const auto t = tree({span(3, 2, 30), span(1, 3, 10), span(2, 1, 20), span(5, 2, 25), span(7, 7, 1)});
        QCOMPARE(shape(t), "7o 1o >2 >>5 >>3");
        check_links(t);
    }

    void duplicates_are_all_kept() {
        const auto t = tree({span(1, 0, 0), span(2, 1, 5), span(2, 1, 6), span(3, 2, 7)});
        QCOMPARE(t.spans.size(), std::size_t{4});
        QCOMPARE(shape(t), "1 >2 >>3 >2");
        QCOMPARE(t.find({2}), 1);
    }

    void unknown_start_comes_last() {
        QCOMPARE(shape(tree({span(1, 0, 0), span(2, 1, kNoTime, 9), span(3, 1, 50, 20)})), "1 >3 >2");
    }

    void sums_never_double() {
        // An agent and a model wrapper repeat what the calls below them state.
        const auto t = tree({call(1, 0, 0, Kind::agent, 100, 50, 900), call(2, 1, 1, Kind::llm, 60, 30, 500),
                             call(3, 2, 2, Kind::llm, 60, 30, 500), call(4, 1, 3, Kind::llm, 40, 20),
                             call(5, 1, 4, Kind::tool, 7, 7)});
        QCOMPARE(t.spans[0].subtree_input, 100);
        QCOMPARE(t.spans[0].subtree_output, 50);
        QCOMPARE(t.spans[0].subtree_cost, 500);
        QCOMPARE(t.spans[1].subtree_input, 60);
        QCOMPARE(t.spans[1].subtree_cost, 500);
        QCOMPARE(t.spans[4].subtree_input, 7); // by itself a tool's usage is all there is
    }

    void the_topmost_stands_in_where_no_call_states_usage() {
        auto sum = call(2, 1, 1, Kind::llm, 30, 3);
        sum.flags = kAggregateUsage;
        const auto t = tree(
            {span(1, 0, 0), sum, call(3, 2, 2, Kind::tool, 10, 1, 77), call(4, 1, 3, Kind::llm, -1, -1)});
        QCOMPARE(t.spans[0].subtree_input, 30);
        QCOMPARE(t.spans[0].subtree_output, 3);
        QCOMPARE(t.spans[0].subtree_cost, 77);
    }

    void unknown_is_not_zero() {
        const auto t = tree({span(1, 0, 0), call(2, 1, 1, Kind::llm, 5, kUnknownCount)});
        QCOMPARE(t.spans[0].subtree_input, 5);
        QCOMPARE(t.spans[0].subtree_output, kUnknownCount);
        QCOMPARE(t.spans[0].subtree_cost, kUnknownCount);
        const auto huge = std::numeric_limits<std::int64_t>::max();
        const auto u =
            tree({span(1, 0, 0), call(2, 1, 1, Kind::llm, huge, 1), call(3, 1, 2, Kind::llm, huge, 1)});
        QCOMPARE(u.spans[0].subtree_input, huge);
    }

    void errors_and_silent_failures_roll_up() {
        auto a = span(2, 1, 1);
        a.status = Status::error;
        auto b = span(3, 2, 2);
        b.flags = kSilentFailure;
        const auto t = tree({span(1, 0, 0), a, b});
        QCOMPARE(t.spans[0].subtree_errors, 1u);
        QCOMPARE(t.spans[0].subtree_silent, 1u);
        QCOMPARE(t.spans[2].subtree_errors, 0u);
    }

    void deep_and_long() {
        std::vector<SnapshotSpan> spans;
        for (std::uint64_t i = 100'000; i > 0; --i)
            spans.push_back(span(i, i - 1, static_cast<TimeNs>(i)));
        const auto t = tree(std::move(spans));
        check_links(t);
        QCOMPARE(t.spans[0].subtree, 100'000u);
        QCOMPARE(int{t.spans.back().depth}, 65535);
        std::vector<SnapshotSpan> ring;
        for (std::uint64_t i = 1; i <= 100'000; ++i)
            ring.push_back(span(i, i % 100'000 + 1, static_cast<TimeNs>(i * 7919 % 100'003)));
        const auto r = tree(std::move(ring));
        check_links(r);
        QVERIFY(r.spans[0].cycle);
    }

    void random_parents() {
        std::mt19937 random(11);
        for (int round = 0; round < 300; ++round) {
            const auto n = 1 + random() % 40;
            std::vector<SnapshotSpan> spans;
            for (unsigned i = 0; i < n; ++i)
                spans.push_back(span(1 + random() % 30, random() % 35, static_cast<TimeNs>(random() % 20)));
            const auto t = tree(std::move(spans));
            QCOMPARE(t.spans.size(), std::size_t{n});
            check_links(t);
        }
    }

    void stops() {
        std::stop_source source;
        source.request_stop();
        TraceSnapshot trace;
        trace.spans = {span(1, 0, 0)};
        QVERIFY(!arrange_spans(trace, source.get_token()));
    }

    void speed() {
        TraceSnapshot trace;
        for (std::uint64_t i = 1; i <= 1'000'000; ++i)
            trace.spans.push_back(span(i * 0x9e3779b97f4a7c15u,
                                       i == 1 ? 0 : (i / 8 + 1) * 0x9e3779b97f4a7c15u,
                                       static_cast<TimeNs>(i)));
        QBENCHMARK_ONCE {
            arrange_spans(trace);
        }
        QCOMPARE(trace.spans.size(), std::size_t{1'000'000});
    }
};

QTEST_GUILESS_MAIN(TestSnapshot)
#include "tst_snapshot.moc"
