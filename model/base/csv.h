// CSV as RFC 4180 has it. A cell that a spreadsheet would run as a formula gets a leading apostrophe. Any
// thread.
#pragma once

#include <string>
#include <vector>

namespace clew {

void append_csv_row(std::string& out, const std::vector<std::string>& cells);

} // namespace clew
