// “Running now”: each run with its spans in small, how long, tokens, cost; a row opens its trace. GUI thread.
#pragma once

#include "views/live/live_table.h"
#include "views/live/running_model.h"

namespace clew::views {

class RunningList : public LiveTable {
    Q_OBJECT

public:
    RunningList(const Theme& theme, RunningModel& model, QWidget* parent = nullptr);

signals:
    void traceWanted(clew::TraceId trace);

private:
    RunningModel& m_running;
};

} // namespace clew::views
