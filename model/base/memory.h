// How this process's allocator treats large blocks.
#pragma once

namespace clew {

// Input blocks and payloads of a megabyte come and go all the time. Given back to the system each time, their
// page faults cost as much as reading them: measured, one span with a long history reads in 2.6 ms instead
// of 4.4. Call once, first thing in main(); elsewhere than with glibc it does nothing.
void keep_large_blocks();

} // namespace clew
