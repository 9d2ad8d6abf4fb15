#pragma once

#include <map>
#include <optional>
#include <string>

#include "domain/key_ring.hpp"
#include "domain/uuid.hpp"

namespace postern::domain {

/// What of a letter in the queue nobody may read who sees the table: where it goes and what it
/// says, codes of invitations among it.
struct MailContent {
  std::string address;
  std::map<std::string, std::string> values;
};

/// Encrypted for the row `id` and no other (KeyRing::seal).
[[nodiscard]] Bytes seal_mail(const KeyRing& ring, MailId id, const MailContent& content,
                              Random& random);
/// None where it was not sealed by seal_mail() for this row, under a key that the ring still has.
[[nodiscard]] std::optional<MailContent> open_mail(const KeyRing& ring, MailId id, ByteView sealed);

}  // namespace postern::domain
