#include "handlers/sso/provider_memory.hpp"

#include <algorithm>
#include <thread>

namespace postern::handlers::sso {
namespace {

using domain::Errc;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::chrono::hours kBelieved{1};
constexpr seconds kBetweenKeyReads{30};
constexpr seconds kAfterFailure{5};
constexpr milliseconds kPatience{250};
constexpr milliseconds kLookAgain{10};

/// A place among those who may wait for a provider; none where all are taken.
class Place {
 public:
  explicit Place(domain::HashSlots& slots) : slots_(slots), index_(slots.try_acquire()) {
    for (milliseconds waited{0}; index_ < 0 && waited < kPatience; waited += kLookAgain) {
      std::this_thread::sleep_for(kLookAgain);
      index_ = slots.try_acquire();
    }
  }
  ~Place() {
    if (index_ >= 0) slots_.release(index_);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  [[nodiscard]] bool taken() const { return index_ >= 0; }

 private:
  domain::HashSlots& slots_;
  int index_;
};

domain::Error unavailable(std::string why, seconds retry_after) {
  return {Errc::ProviderUnavailable, {}, {}, retry_after, std::move(why)};
}

/// Not before `retry`.
domain::Error not_yet(milliseconds retry, milliseconds now) {
  return unavailable("it did not answer just now",
                     std::chrono::ceil<seconds>(std::max(retry - now, milliseconds(1))));
}

}  // namespace

domain::Result<HttpAnswer> ProviderMemory::ask(const HttpQuestion& question) {
  const Place place(places_);
  if (!place.taken()) return unavailable("too many wait for providers", kAfterFailure);
  auto answer = client_.ask(question);
  if (answer && (answer->status == 429 || answer->status >= 500)) {
    return unavailable("status " + std::to_string(answer->status), kAfterFailure);
  }
  return answer;
}

domain::Result<std::string> ProviderMemory::read_document(const Provider& provider,
                                                          const std::string& url) {
  auto answer = ask({url, {}, {}, provider.ca_file});
  if (!answer) return answer.error();
  if (answer->status != 200) {
    return unavailable("status " + std::to_string(answer->status), kAfterFailure);
  }
  return std::move(answer->body);
}

domain::Result<const Metadata*> ProviderMemory::metadata(const Provider& provider, Uptime now) {
  Known& known = known_[provider.name];
  if (known.metadata && now < known.metadata_until) return &*known.metadata;
  if (now < known.metadata_retry) return not_yet(known.metadata_retry, now);
  known.metadata_retry = now + kAfterFailure;
  const auto document = read_document(provider, metadata_address(provider));
  if (!document) return document.error();
  auto metadata = read_metadata(provider, *document);
  if (!metadata) return metadata.error();
  known.metadata = *std::move(metadata);
  known.metadata_until = now + kBelieved;
  known.metadata_retry = now;
  return &*known.metadata;
}

domain::Outcome ProviderMemory::read_keys(const Provider& provider, Known& known, Uptime now) {
  if (now < known.keys_retry) return not_yet(known.keys_retry, now);
  known.keys_retry = now + kAfterFailure;
  const auto document = read_document(provider, known.metadata->jwks_uri);
  if (!document) return document.error();
  auto keys = KeySet::parse(*document);
  if (!keys) return refused("keys: no JSON Web Key Set");
  known.keys = *std::move(keys);
  known.keys_until = now + kBelieved;
  known.keys_retry = now;
  return domain::done;
}

domain::Outcome ProviderMemory::check_signature(const Provider& provider, const SignedToken& token,
                                                Uptime now) {
  if (const auto found = metadata(provider, now); !found) return found.error();
  Known& known = known_[provider.name];
  if (!known.keys || now >= known.keys_until) {
    if (auto read = read_keys(provider, known, now); !read) return read;
  }
  if (!known.keys->knows(token.kid) && now >= known.next_rereading) {
    known.next_rereading = now + kBetweenKeyReads;
    if (auto read = read_keys(provider, known, now); !read) return read;
  }
  if (!known.keys->knows(token.kid)) return refused("id_token: unknown kid");
  if (!known.keys->verifies(token)) return refused("id_token: signature");
  return domain::done;
}

}  // namespace postern::handlers::sso
