#pragma once

#include <cstdint>

#include "domain/services.hpp"

namespace postern::domain {

/// Clients that strangers added and nobody uses (oauth.md 4.4): never one that an administrator
/// made, that holds a grant, or that is being let in at the moment. Whoever consents while one of
/// these runs keeps the client.

/// Makes room for one more that a stranger adds (register_client, put_client_document): deletes the
/// oldest beyond settings.oauth.most_unused_clients of those that nobody consented to, at most 100
/// at once.
void push_out_unused_clients(Transaction& tx, const Services& services);

/// The same for those registered with the words of `fingerprint` before `until`, beyond
/// settings.oauth.equal_registrations.
void push_out_equal_registrations(Transaction& tx, const Services& services,
                                  const Digest& fingerprint, Instant until);

struct SweptClients {
  std::int64_t clients = 0;
  std::int64_t consents = 0;  ///< given to those
};
/// Those not used for settings.oauth.unused_client since they were made, or idle_client since their
/// last use, with what was consented to.
[[nodiscard]] SweptClients sweep_unused_clients(Services& services);

}  // namespace postern::domain
