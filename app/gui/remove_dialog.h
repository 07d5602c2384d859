// Asked once before runs or a source are removed. GUI thread.
#pragma once

#include "views/theme/theme.h"

#include <QDialog>

class QCheckBox;

namespace clew::app {

class RemoveDialog : public QDialog {
    Q_OBJECT

public:
    // `what`: "refund-agent", "3 runs", "a.jsonl and its 12 runs".
    RemoveDialog(const views::Theme& theme, const QString& what, QWidget* parent = nullptr);
    [[nodiscard]] bool withJudgements() const;
    [[nodiscard]] QCheckBox* judgementsBox() const { return m_judgements; }

private:
    QCheckBox* m_judgements;
};

} // namespace clew::app
