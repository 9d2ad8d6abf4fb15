#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/clock.hpp"
#include "domain/random.hpp"

namespace postern::domain {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  /// RFC 9562 version 7: time-ordered, so that B-trees grow at one end; 74 random bits. An id is a
  /// name, never a secret.
  static Uuid v7(Instant now, Random& random);
  /// Exactly 8-4-4-4-12 hexadecimal digits, either case; nothing else.
  static std::optional<Uuid> parse(std::string_view text);

  [[nodiscard]] std::string text() const;
  auto operator<=>(const Uuid&) const = default;
};

/// Ids of different things are different types.
template <class Tag>
struct Id {
  Uuid uuid{};
  static Id make(Instant now, Random& random) { return Id{Uuid::v7(now, random)}; }
  static std::optional<Id> parse(std::string_view text) {
    const auto uuid = Uuid::parse(text);
    return uuid ? std::optional<Id>(Id{*uuid}) : std::nullopt;
  }
  [[nodiscard]] std::string text() const { return uuid.text(); }
  auto operator<=>(const Id&) const = default;
};

using AccountId = Id<struct AccountTag>;
using SessionId = Id<struct SessionTag>;
using KeyId = Id<struct KeyTag>;
using EventId = Id<struct EventTag>;
using InviteId = Id<struct InviteTag>;
using MailId = Id<struct MailTag>;
using OAuthClientId = Id<struct OAuthClientTag>;  ///< of the row; not its client_id
using ConsentId = Id<struct ConsentTag>;

}  // namespace postern::domain
