#include "domain/bytes.hpp"
#include "domain/text.hpp"
#include "domain/uuid.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {

/// base64url, hexadecimal and UUIDs: each byte string has one spelling, but for the case of digits.
bool base64(std::string_view input) {
  const auto bytes = domain::base64url_decode(input);
  promise(!bytes || domain::base64url_encode(*bytes) == input, "base64url has one spelling");
  promise(domain::base64url_decode(domain::base64url_encode(domain::as_bytes(input))).has_value(),
          "whatever was encoded is decoded");
  const auto hex = domain::hex_decode(input);
  promise(!hex || domain::hex_encode(*hex) == domain::fold(input), "so has hexadecimal");
  const auto uuid = domain::Uuid::parse(input);
  promise(!uuid || uuid->text() == domain::fold(input), "and a UUID");
  return bytes || hex || uuid;
}

}  // namespace postern::fuzz
