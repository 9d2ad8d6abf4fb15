#pragma once

#include <string>

#include "tests/support/domain_world.hpp"

namespace postern::test {

/// The world gets a key of RS256 besides, signing from now on: always the same one. Its kid.
std::string add_rs256_key(DomainWorld& world);

}  // namespace postern::test
