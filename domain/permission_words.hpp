#pragma once

#include <map>
#include <string>
#include <vector>

#include "domain/services.hpp"

namespace postern::domain {

/// What these permissions are in words for people, where they have some. Unknown ones are left out.
[[nodiscard]] std::map<std::string, std::string> permission_words(
    Services& services, const std::vector<std::string>& names);

}  // namespace postern::domain
