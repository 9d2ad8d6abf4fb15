#pragma once

namespace postern::cli {

/// The `postern` command: reads the command line, runs one command, and turns whatever it throws
/// into one line on standard error and an ExitCode. Never throws.
int run(int argc, char** argv);

}  // namespace postern::cli
