#include "domain/revocation_message.hpp"

#include <charconv>

namespace postern::domain {
namespace {

constexpr std::size_t kSubjectLength = 37;  // a letter and a UUID
constexpr std::size_t kNotificationLimit = 8000;
constexpr std::size_t kLongestId = 64;
static_assert(kMostSubjects * (kSubjectLength + 1) + 64 < kNotificationLimit);

/// The text up to the first space, which it takes away with it.
std::string_view take_word(std::string_view& rest) {
  const auto end = rest.find(' ');
  const auto word = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return word;
}

std::optional<RevokedSubject> parse_subject(std::string_view word) {
  if (word == "*") return RevokedSubject::everything();
  if (word.size() != kSubjectLength) return std::nullopt;
  const auto id = Uuid::parse(word.substr(1));
  if (!id) return std::nullopt;
  switch (word.front()) {
    case 'a':
      return RevokedSubject{RevokedSubject::Kind::Account, *id};
    case 'c':
      return RevokedSubject{RevokedSubject::Kind::Credential, *id};
    default:
      return std::nullopt;
  }
}

std::optional<RevocationMessage> parse_notice(std::string_view rest) {
  RevocationNotice notice;
  const auto number = take_word(rest);
  const auto* const end = number.data() + number.size();
  const auto parsed = std::from_chars(number.data(), end, notice.n);
  if (parsed.ec != std::errc() || parsed.ptr != end || notice.n < 1) return std::nullopt;
  auto subjects = parse_subjects(rest);
  if (!subjects) return std::nullopt;
  notice.subjects = *std::move(subjects);
  return notice;
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kLongestId &&
         text.find_first_not_of("0123456789abcdef.") == std::string_view::npos;
}

}  // namespace

std::string subjects_text(std::span<const RevokedSubject> subjects) {
  std::string text;
  for (const auto& subject : subjects) {
    if (!text.empty()) text += ' ';
    switch (subject.kind) {
      case RevokedSubject::Kind::Account:
        text += 'a' + subject.id.text();
        break;
      case RevokedSubject::Kind::Credential:
        text += 'c' + subject.id.text();
        break;
      case RevokedSubject::Kind::Everything:
        text += '*';
        break;
    }
  }
  return text;
}

std::optional<std::vector<RevokedSubject>> parse_subjects(std::string_view text) {
  if (text.empty() || text.back() == ' ') return std::nullopt;
  std::vector<RevokedSubject> subjects;
  while (!text.empty()) {
    const auto subject = parse_subject(take_word(text));
    if (!subject || subjects.size() == kMostSubjects) return std::nullopt;
    subjects.push_back(*subject);
  }
  return subjects;
}

std::optional<RevocationMessage> parse_message(std::string_view payload) {
  const auto kind = take_word(payload);
  if (kind == "revoked") return parse_notice(payload);
  if (!is_id(payload)) return std::nullopt;
  if (kind == "beat") return BeatNotice{std::string(payload)};
  if (kind == "fence") return FenceNotice{std::string(payload)};
  return std::nullopt;
}

}  // namespace postern::domain
