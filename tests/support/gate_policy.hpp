#pragma once

#include "domain/policy.hpp"

namespace postern::test {

/// A place of each kind.
inline domain::Policy sample_policy() {
  using Kind = domain::Requirement::Kind;
  return domain::Policy::make({
                                  {"/open/**", {}, {Kind::Public, ""}},
                                  {"/members/**", {"GET", "HEAD"}, {Kind::SignedIn, ""}},
                                  {"/staff/**", {}, {Kind::Permission, "admin"}},
                                  {"/chiefs/**", {}, {Kind::Role, "admin"}},
                              })
      .value();
}

}  // namespace postern::test
