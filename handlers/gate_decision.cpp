#include "handlers/gate_decision.hpp"

namespace postern::handlers {

bool satisfies(const domain::IdentityFields& identity, const domain::Requirement& required) {
  using Kind = domain::Requirement::Kind;
  switch (required.kind) {
    case Kind::Public:
    case Kind::SignedIn:
      return true;
    case Kind::Permission:
      return identity.may(required.name);
    case Kind::Role:
      return identity.role == required.name;
  }
  return false;
}

}  // namespace postern::handlers
