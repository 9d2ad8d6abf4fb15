#include "domain/cbor.hpp"

#include <cstdint>

namespace postern::domain {
namespace {

constexpr int kMostLevels = 4;

enum class Major : std::uint8_t { Unsigned, Negative, Bytes, Text, Array, Map, Tag, Simple };

/// The beginning of an item (RFC 8949 section 3).
struct Head {
  Major major{};
  std::uint64_t argument = 0;
  std::size_t size = 0;  ///< bytes of the head itself
};

std::optional<Head> read_head(ByteView data) {
  if (data.empty()) return {};
  constexpr unsigned kOneByte = 24, kEightBytes = 27;
  Head head{static_cast<Major>(data[0] >> 5), 0, 1};
  const unsigned additional = data[0] & 31U;
  if (additional < kOneByte) {
    head.argument = additional;
    return head;
  }
  if (additional > kEightBytes) return {};
  const std::size_t width = std::size_t{1} << (additional - kOneByte);
  if (data.size() < 1 + width) return {};
  for (std::size_t i = 1; i <= width; ++i) head.argument = head.argument << 8 | data[i];
  head.size += width;
  return head;
}

std::optional<std::size_t> item_size(ByteView data, int levels);

/// Of so many items in a row. Each has a byte at the least, so that the count cannot run away.
std::optional<std::size_t> items_size(ByteView data, std::uint64_t count, int levels) {
  if (levels == 0 || count > data.size()) return {};
  std::size_t size = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto next = item_size(data.subspan(size), levels - 1);
    if (!next) return {};
    size += *next;
  }
  return size;
}

std::optional<std::size_t> content_size(const Head& head, ByteView rest, int levels) {
  switch (head.major) {
    case Major::Unsigned:
    case Major::Negative:
    case Major::Simple:
      return 0;
    case Major::Bytes:
    case Major::Text:
      if (head.argument > rest.size()) return {};
      return static_cast<std::size_t>(head.argument);
    case Major::Array:
      return items_size(rest, head.argument, levels);
    case Major::Map:
      if (head.argument > rest.size()) return {};
      return items_size(rest, head.argument * 2, levels);
    case Major::Tag:
      return items_size(rest, 1, levels);
  }
  return {};
}

std::optional<std::size_t> item_size(ByteView data, int levels) {
  const auto head = read_head(data);
  if (!head) return {};
  const auto content = content_size(*head, data.subspan(head->size), levels);
  if (!content) return {};
  return head->size + *content;
}

/// Of an item that is one of these strings, and nothing behind it.
std::optional<ByteView> string_content(ByteView item, Major major) {
  const auto head = read_head(item);
  if (!head || head->major != major || head->argument != item.size() - head->size) return {};
  return item.subspan(head->size);
}

/// Takes the item at the start of `rest` off it.
std::optional<ByteView> next_item(ByteView& rest) {
  const auto size = item_size(rest, kMostLevels);
  if (!size) return {};
  const ByteView item = rest.first(*size);
  rest = rest.subspan(*size);
  return item;
}

}  // namespace

std::optional<std::size_t> cbor_item_size(ByteView data) {
  return item_size(data, kMostLevels);
}

std::optional<std::map<std::string, ByteView>> cbor_text_map(ByteView data) {
  const auto head = read_head(data);
  // As a whole first: it is no deeper for being read piece by piece.
  if (!head || head->major != Major::Map || cbor_item_size(data) != data.size()) return {};
  std::map<std::string, ByteView> found;
  ByteView rest = data.subspan(head->size);
  for (std::uint64_t i = 0; i < head->argument; ++i) {
    const auto key = next_item(rest);
    const auto value = key ? next_item(rest) : std::nullopt;
    const auto name = key ? cbor_text(*key) : std::nullopt;
    if (!name || !value || !found.emplace(*name, *value).second) return {};
  }
  return found;
}

std::optional<std::string> cbor_text(ByteView item) {
  const auto content = string_content(item, Major::Text);
  if (!content) return {};
  return std::string(content->begin(), content->end());
}

std::optional<ByteView> cbor_bytes(ByteView item) {
  return string_content(item, Major::Bytes);
}

}  // namespace postern::domain
