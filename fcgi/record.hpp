#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postern::fcgi {

/// FastCGI 1.0 section 8, as far as the wall needs it; libfcgi speaks the rest.
enum class RecordType : std::uint8_t {
  BeginRequest = 1,
  AbortRequest = 2,
  EndRequest = 3,
  Params = 4,
  Stdin = 5,
  Stdout = 6,
};

inline constexpr std::size_t kRecordHeader = 8;
inline constexpr std::size_t kMaxRecordContent = 65535;

struct RecordHeader {
  std::uint8_t version;
  std::uint8_t type;
  std::uint16_t request_id;
  std::uint16_t content_length;
  std::uint8_t padding_length;

  [[nodiscard]] bool is(RecordType wanted, std::uint16_t id) const {
    return version == 1 && type == static_cast<std::uint8_t>(wanted) && request_id == id;
  }
  [[nodiscard]] std::size_t size() const { return kRecordHeader + content_length + padding_length; }
};

/// The header at the front of `bytes`; none when it has not arrived whole.
[[nodiscard]] std::optional<RecordHeader> read_header(std::string_view bytes);

/// Takes one length of a name-value pair (section 3.4) off the front of `bytes`; none when it has
/// not arrived whole.
[[nodiscard]] std::optional<std::uint32_t> take_length(std::string_view& bytes);

/// Writes the header of an unpadded record to the kRecordHeader bytes at `at`.
void write_header(char* at, RecordType type, std::uint16_t request_id, std::size_t content);
/// The end of STDOUT, END_REQUEST.
void append_ending(std::string& out, std::uint16_t request_id);

/// A whole answer: STDOUT with `text`, the end of STDOUT, END_REQUEST. For refusals of what libfcgi
/// must not see.
[[nodiscard]] std::string answer_records(std::uint16_t request_id, std::string_view text);

}  // namespace postern::fcgi
