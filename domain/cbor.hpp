#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "domain/bytes.hpp"

namespace postern::domain {

/// As much of CBOR (RFC 8949) as authenticators write (CTAP2 canonical form): items of a definite
/// length, at most 4 levels deep. It allocates nothing for what an item claims to hold, so that
/// libraries that do so see only what was looked at here before.

/// How many bytes the item at the start of `data` has, with all that it holds; none where it is not
/// wholly there, of an indefinite length, too deep, or of a kind that does not exist.
[[nodiscard]] std::optional<std::size_t> cbor_item_size(ByteView data);

/// The values of a map whose keys are all texts, each still CBOR; none where `data` is not one such
/// map and nothing behind it, or says a key twice.
[[nodiscard]] std::optional<std::map<std::string, ByteView>> cbor_text_map(ByteView data);

/// What the item is, where it is a text or a byte string, and nothing behind it.
[[nodiscard]] std::optional<std::string> cbor_text(ByteView item);
[[nodiscard]] std::optional<ByteView> cbor_bytes(ByteView item);

}  // namespace postern::domain
