#include "domain/cbor.hpp"

#include "domain/webauthn_authenticator_data.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {
namespace {

bool lies_in(domain::ByteView part, domain::ByteView whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace

/// What is read of an authenticator's answer lies within it.
bool cbor(std::string_view input) {
  const auto bytes = domain::as_bytes(input);
  const auto size = domain::cbor_item_size(bytes);
  promise(!size || (*size > 0 && *size <= bytes.size()), "an item is wholly there");
  promise(!size || domain::cbor_item_size(bytes.first(*size)) == size, "and ends where it ends");
  promise(!size || !domain::cbor_item_size(bytes.first(*size - 1)), "and not before");
  const auto map = domain::cbor_text_map(bytes);
  if (map) {
    promise(size == bytes.size(), "a map is all that is there");
    for (const auto& [name, value] : *map) {
      promise(lies_in(value, bytes) && domain::cbor_item_size(value) == value.size(),
              "its values are items");
    }
  }
  const auto data = domain::data_of_attestation(bytes);
  promise(!data || lies_in(*data, bytes), "authenticator data lies within");
  for (const auto& read :
       {domain::read_registration_data(bytes), domain::read_assertion_data(bytes)}) {
    promise(!read || (read->rp_id_hash.size() == 32 && lies_in(read->credential_id, bytes)),
            "so do its parts");
  }
  return size.has_value();
}

}  // namespace postern::fuzz
