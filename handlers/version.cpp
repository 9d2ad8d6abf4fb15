#include "handlers/version.hpp"

namespace postern::handlers {

std::string_view version() {
  return POSTERN_VERSION;
}

}  // namespace postern::handlers
