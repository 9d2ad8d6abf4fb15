#include "fcgi/record.hpp"

#include <algorithm>

namespace postern::fcgi {
namespace {

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

void append_record(std::string& out, RecordType type, std::uint16_t id, std::string_view content) {
  const auto length = static_cast<unsigned>(content.size());
  const char header[kRecordHeader] = {1,
                                      static_cast<char>(type),
                                      static_cast<char>(id >> 8),
                                      static_cast<char>(id & 0xFF),
                                      static_cast<char>(length >> 8),
                                      static_cast<char>(length & 0xFF),
                                      0,
                                      0};
  out.append(header, sizeof(header)).append(content);
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

std::string answer_records(std::uint16_t request_id, std::string_view text) {
  std::string out;
  out.reserve(text.size() + 4 * kRecordHeader);
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, kMaxRecordContent);
    append_record(out, RecordType::Stdout, request_id, piece);
    text.remove_prefix(piece.size());
  }
  append_record(out, RecordType::Stdout, request_id, {});
  append_record(out, RecordType::EndRequest, request_id, std::string_view("\0\0\0\0\0\0\0\0", 8));
  return out;
}

}  // namespace postern::fcgi
