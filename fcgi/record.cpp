#include "fcgi/record.hpp"

#include <algorithm>

namespace postern::fcgi {
namespace {

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

void append_record(std::string& out, RecordType type, std::uint16_t id, std::string_view content) {
  const std::size_t at = out.size();
  out.append(kRecordHeader, '\0').append(content);
  write_header(out.data() + at, type, id, content.size());
}

}  // namespace

std::optional<RecordHeader> read_header(std::string_view bytes) {
  if (bytes.size() < kRecordHeader) return std::nullopt;
  return RecordHeader{static_cast<std::uint8_t>(byte_at(bytes, 0)),
                      static_cast<std::uint8_t>(byte_at(bytes, 1)),
                      static_cast<std::uint16_t>(byte_at(bytes, 2) << 8 | byte_at(bytes, 3)),
                      static_cast<std::uint16_t>(byte_at(bytes, 4) << 8 | byte_at(bytes, 5)),
                      static_cast<std::uint8_t>(byte_at(bytes, 6))};
}

std::optional<std::uint32_t> take_length(std::string_view& bytes) {
  if (bytes.empty()) return std::nullopt;
  const std::size_t width = byte_at(bytes, 0) < 0x80 ? 1 : 4;
  if (bytes.size() < width) return std::nullopt;
  std::uint32_t length = byte_at(bytes, 0) & 0x7F;
  for (std::size_t i = 1; i < width; ++i) length = length << 8 | byte_at(bytes, i);
  bytes.remove_prefix(width);
  return length;
}

void write_header(char* at, RecordType type, std::uint16_t request_id, std::size_t content) {
  at[0] = 1;
  at[1] = static_cast<char>(type);
  at[2] = static_cast<char>(request_id >> 8);
  at[3] = static_cast<char>(request_id & 0xFF);
  at[4] = static_cast<char>(content >> 8 & 0xFF);
  at[5] = static_cast<char>(content & 0xFF);
  at[6] = 0;
  at[7] = 0;
}

void append_ending(std::string& out, std::uint16_t request_id) {
  append_record(out, RecordType::Stdout, request_id, {});
  append_record(out, RecordType::EndRequest, request_id, std::string_view("\0\0\0\0\0\0\0\0", 8));
}

std::string answer_records(std::uint16_t request_id, std::string_view text) {
  std::string out;
  out.reserve(text.size() + 4 * kRecordHeader);
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, kMaxRecordContent);
    append_record(out, RecordType::Stdout, request_id, piece);
    text.remove_prefix(piece.size());
  }
  append_ending(out, request_id);
  return out;
}

}  // namespace postern::fcgi
