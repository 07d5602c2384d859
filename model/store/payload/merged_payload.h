// What two records of one span say together: the later one's attributes, and those of the earlier one under
// other keys; the events and links of both. Pure; any thread.
#pragma once

#include "model/store/payload/payload_reader.h"

namespace clew {

// Texts that are not the arrays they should be are kept as the later record has them.
Payload merged_payload(const Payload& earlier, Payload later);

} // namespace clew
