#include "handlers/sso/settings.hpp"

#include <algorithm>

namespace postern::handlers::sso {

const Provider* Settings::find(std::string_view name) const {
  const auto found = std::find_if(providers.begin(), providers.end(),
                                  [name](const Provider& one) { return one.name == name; });
  return found == providers.end() ? nullptr : &*found;
}

}  // namespace postern::handlers::sso
