#pragma once

#include "domain/oauth_client.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::test {

/// An administrator's client for the authorization code grant, of this way of proving itself.
/// A mistake in it throws.
domain::MadeClient oauth_client(DomainWorld& world, domain::ClientAuth auth,
                                const domain::ClientMetadata& metadata = {});

}  // namespace postern::test
