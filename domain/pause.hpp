#pragma once

#include <chrono>

namespace postern::domain {

/// Does nothing for a while. For the housekeeper and the command line; a worker never waits (R8).
void pause(std::chrono::milliseconds duration);

}  // namespace postern::domain
