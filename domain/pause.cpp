#include "domain/pause.hpp"

#include <thread>

namespace postern::domain {

void pause(std::chrono::milliseconds duration) {
  std::this_thread::sleep_for(duration);
}

}  // namespace postern::domain
