#include "app/cli/parse.h"

int main(int argc, char** argv) {
    return clew::app::run_command_line(argc, argv);
}
