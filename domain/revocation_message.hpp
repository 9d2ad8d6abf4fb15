#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/revoked_subject.hpp"

namespace postern::domain {

/// What machines tell each other through the database: the texts of the journal
/// (postern.revocation) and of the notifications on the channel postern_revocation. Ids alone,
/// which are names and no secrets.

/// More than these in one transaction are said as "everything": a notification holds 8000 bytes.
inline constexpr std::size_t kMostSubjects = 50;

/// "a<uuid>" for an account, "c<uuid>" for a session or key, "*" for everything; a space between.
[[nodiscard]] std::string subjects_text(std::span<const RevokedSubject> subjects);
/// None for a text that is not of that form, is empty, or holds more than kMostSubjects.
[[nodiscard]] std::optional<std::vector<RevokedSubject>> parse_subjects(std::string_view text);

/// "revoked <n> <subjects>": the transaction of that number made these void.
struct RevocationNotice {
  std::int64_t n = 0;
  std::vector<RevokedSubject> subjects;
};
/// "beat <id>": a listener says something to hear itself.
struct BeatNotice {
  std::string id;
};
/// "fence <id>": whoever has applied all that came before answers on postern_fence.
struct FenceNotice {
  std::string id;
};
using RevocationMessage = std::variant<RevocationNotice, BeatNotice, FenceNotice>;

/// None for anything else, which anybody who may connect can send. Ids are 1-64 of [0-9a-f.].
[[nodiscard]] std::optional<RevocationMessage> parse_message(std::string_view payload);

}  // namespace postern::domain
