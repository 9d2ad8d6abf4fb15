#include "domain/password_hasher.hpp"

#include <signal.h>
#include <sodium.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

#include "domain/common_passwords.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

static_assert(HashSlots::Slot::is_always_lock_free, "slots are shared between processes");

constexpr std::chrono::milliseconds kPoll{5};
constexpr seconds kRetryAfter{1};
constexpr std::string_view kArgon2id = "$argon2id$";

/// Gives a slot back whichever way its owner goes.
class HeldSlot {
 public:
  HeldSlot(HashSlots& slots, int index) : slots_(slots), index_(index) {}
  ~HeldSlot() { slots_.release(index_); }
  HeldSlot(const HeldSlot&) = delete;
  HeldSlot& operator=(const HeldSlot&) = delete;

 private:
  HashSlots& slots_;
  int index_;
};

std::size_t memory_bytes(const PasswordSettings& settings) {
  return static_cast<std::size_t>(settings.memory_kib) * 1024;
}

std::string base64(std::span<const std::uint8_t> bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  text.pop_back();  // the terminating NUL that the length counts
  return text;
}

/// A well-formed hash that no known password has: verifying against it costs what any other costs
/// (CVE-2016-6210), and making it costs nothing.
std::string hash_of_nothing(const PasswordSettings& settings) {
  std::array<std::uint8_t, crypto_pwhash_SALTBYTES> salt{};
  std::array<std::uint8_t, 32> tag{};
  randombytes_buf(salt.data(), salt.size());
  randombytes_buf(tag.data(), tag.size());
  return "$argon2id$v=19$m=" + std::to_string(settings.memory_kib) +
         ",t=" + std::to_string(settings.iterations) + ",p=1$" + base64(salt) + "$" + base64(tag);
}

/// The other end may have been killed while it held the slot. A zombie still counts as alive; it
/// ends when the master collects it.
bool is_dead(std::int32_t pid) {
  return kill(pid, 0) != 0 && errno == ESRCH;
}

std::size_t shortest(const PasswordSettings& settings, PasswordUse use) {
  return use == PasswordUse::Alone ? settings.min_length : settings.min_length_with_mfa;
}

void pause_briefly() {
  const timespec wait{0, std::chrono::nanoseconds(kPoll).count()};
  nanosleep(&wait, nullptr);
}

}  // namespace

int HashSlots::try_acquire() {
  const std::int32_t own = getpid();
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    std::int32_t owner = 0;
    if (slots_[i].compare_exchange_strong(owner, own)) return static_cast<int>(i);
    if (owner != own && is_dead(owner) && slots_[i].compare_exchange_strong(owner, own))
      return static_cast<int>(i);
  }
  return -1;
}

void HashSlots::release(int index) {
  slots_[static_cast<std::size_t>(index)].store(0);
}

PasswordHasher::PasswordHasher(const PasswordSettings& settings, HashSlots slots)
    : settings_(settings), slots_(slots) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be initialised");
  dummy_ = hash_of_nothing(settings_);
}

int PasswordHasher::acquire() {
  int index = slots_.try_acquire();
  for (auto waited = kPoll; index < 0 && waited <= settings_.hash_wait; waited += kPoll) {
    pause_briefly();
    index = slots_.try_acquire();
  }
  if (index < 0) ++refused_;
  return index;
}

Result<std::string> PasswordHasher::hash(const Secret& password) {
  if (password.size() > settings_.max_length)
    return Error{Errc::InvalidInput, "password", "too_long"};
  const int index = acquire();
  if (index < 0) return Error{Errc::Busy, {}, {}, kRetryAfter};
  const HeldSlot slot(slots_, index);
  ++hashes_;
  std::array<char, crypto_pwhash_STRBYTES> text{};
  if (crypto_pwhash_str_alg(text.data(), password.reveal().data(), password.size(),
                            settings_.iterations, memory_bytes(settings_),
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw std::runtime_error("no memory for hashing a password");
  return std::string(text.data());
}

Result<PasswordHasher::Verdict> PasswordHasher::verify(const Secret& password,
                                                       const std::string& stored) {
  const int index = acquire();
  if (index < 0) return Error{Errc::Busy, {}, {}, kRetryAfter};
  const HeldSlot slot(slots_, index);
  ++hashes_;
  // A password longer than any that can be set is not hashed (CVE-2016-6515): the cost of a refusal
  // must not grow with what a stranger sends.
  const bool comparable = password.size() <= settings_.max_length &&
                          stored.size() < crypto_pwhash_STRBYTES && stored.starts_with(kArgon2id);
  const std::string_view text = comparable ? password.reveal() : std::string_view("no password");
  const std::string& against = comparable ? stored : dummy_;
  const bool matches = crypto_pwhash_str_verify(against.c_str(), text.data(), text.size()) == 0;
  const bool outdated = crypto_pwhash_str_needs_rehash(against.c_str(), settings_.iterations,
                                                       memory_bytes(settings_)) != 0;
  return Verdict{comparable && matches, comparable && matches && outdated};
}

Outcome PasswordHasher::check_acceptable(const Secret& password, std::string_view field,
                                         PasswordUse use) const {
  const auto refuse = [&](const char* reason) {
    return Error{Errc::InvalidInput, std::string(field), reason};
  };
  if (password.size() > settings_.max_length) return refuse("too_long");
  if (!is_clean_text(password.reveal())) return refuse("invalid_characters");
  if (code_points(password.reveal()) < shortest(settings_, use)) return refuse("too_short");
  if (settings_.refuse_common && is_common_password(password.reveal())) return refuse("too_common");
  return done;
}

bool PasswordHasher::stands_alone(const Secret& password) const {
  return code_points(password.reveal()) >= settings_.min_length;
}

}  // namespace postern::domain
