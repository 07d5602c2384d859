#include "app/cli/parse.h"
#include "model/base/memory.h"

int main(int argc, char** argv) {
    clew::keep_large_blocks();
    return clew::app::run_command_line(argc, argv);
}
