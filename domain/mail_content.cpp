#include "domain/mail_content.hpp"

namespace postern::domain {
namespace {

constexpr std::size_t kLengthBytes = 4;

std::string context(MailId id) {
  return "mail:" + id.text();
}

/// Four bytes of length, the highest first, then the text.
void append(Bytes& out, const std::string& text) {
  const auto length = static_cast<std::uint32_t>(text.size());
  for (int shift = 24; shift >= 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(length >> shift & 0xff));
  out.insert(out.end(), text.begin(), text.end());
}

std::optional<std::string> take(ByteView& rest) {
  if (rest.size() < kLengthBytes) return {};
  std::size_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) length = length << 8 | rest[i];
  rest = rest.subspan(kLengthBytes);
  if (length > rest.size()) return {};
  std::string text(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(length));
  rest = rest.subspan(length);
  return text;
}

}  // namespace

Bytes seal_mail(const KeyRing& ring, MailId id, const MailContent& content, Random& random) {
  Bytes plain;
  append(plain, content.address);
  for (const auto& [name, value] : content.values) {
    append(plain, name);
    append(plain, value);
  }
  return ring.seal(context(id), plain, random);
}

std::optional<MailContent> open_mail(const KeyRing& ring, MailId id, ByteView sealed) {
  const auto plain = ring.open(context(id), sealed);
  if (!plain) return {};
  ByteView rest(*plain);
  const auto address = take(rest);
  if (!address) return {};
  MailContent content{*address, {}};
  while (!rest.empty()) {
    const auto name = take(rest);
    const auto value = name ? take(rest) : std::nullopt;
    if (!value) return {};
    content.values[*name] = *value;
  }
  return content;
}

}  // namespace postern::domain
