#include "domain/key_ring.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace postern::domain {
namespace {

constexpr std::string_view kLinePrefix = "postern-master-1:";
constexpr std::size_t kMasterSize = crypto_kdf_KEYBYTES;
constexpr std::size_t kEncodedMaster = 43;
constexpr std::size_t kPurposes = 19;  ///< KeyPurpose counts from 1
constexpr char kDerivation[crypto_kdf_CONTEXTBYTES + 1] = "postern1";
constexpr off_t kLargestFile = 64 * 1024;

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kMasterSize == 32);
static_assert(crypto_auth_hmacsha256_KEYBYTES == 32);
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == 32);

/// Why a ring was refused, for the log; never a part of the file.
Error refused(const char* reason, std::string detail) {
  return Error{Errc::InvalidInput, "master_key", reason, {}, std::move(detail)};
}

struct Line {
  std::uint8_t id = 0;
  Bytes master;
};

std::optional<Line> parse_line(std::string_view text) {
  if (text.substr(0, kLinePrefix.size()) != kLinePrefix) return std::nullopt;
  text.remove_prefix(kLinePrefix.size());
  unsigned id = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), id);
  if (parsed.ec != std::errc() || id < 1 || id > 255) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
  if (text.size() != kEncodedMaster + 1 || text[0] != ':') return std::nullopt;
  auto master = base64url_decode(text.substr(1));
  if (!master || master->size() != kMasterSize) return std::nullopt;
  return Line{static_cast<std::uint8_t>(id), std::move(*master)};
}

/// One key per purpose out of a master key: BLAKE2b keyed by it (libsodium's crypto_kdf).
std::vector<Digest> derive(Bytes& master) {
  std::vector<Digest> derived(kPurposes);
  for (std::size_t purpose = 1; purpose < kPurposes; ++purpose) {
    crypto_kdf_derive_from_key(derived[purpose].data(), derived[purpose].size(), purpose,
                               kDerivation, master.data());
  }
  sodium_memzero(master.data(), master.size());
  return derived;
}

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t first = line.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(kBlank) - first + 1);
}

Bytes associated_data(std::string_view context, std::uint8_t id) {
  Bytes data;
  data.reserve(1 + context.size());
  data.push_back(id);
  for (const char c : context) data.push_back(static_cast<std::uint8_t>(c));
  return data;
}

/// A descriptor that is closed whichever way its owner goes.
class File {
 public:
  explicit File(const std::filesystem::path& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] bool read_all(std::string& text) const {
    for (std::size_t have = 0; have < text.size();) {
      const ssize_t got = ::read(descriptor_, text.data() + have, text.size() - have);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return false;
      have += static_cast<std::size_t>(got);
    }
    return true;
  }

 private:
  int descriptor_;
};

}  // namespace

Result<KeyRing> KeyRing::load(const std::filesystem::path& file) {
  const File opened(file);
  if (opened.descriptor() < 0)
    return refused("missing", "the master key file " + file.string() + " cannot be opened");
  struct stat status {};
  if (fstat(opened.descriptor(), &status) != 0 || !S_ISREG(status.st_mode))
    return refused("not_a_file", file.string() + " is not a regular file");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return refused("exposed", file.string() + " is open to group or others: chmod 600 it");
  if (status.st_size > kLargestFile) return refused("too_long", file.string() + " is too large");
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  if (!opened.read_all(text)) return refused("unreadable", file.string() + " cannot be read");
  auto ring = parse(text);
  sodium_memzero(text.data(), text.size());
  return ring;
}

std::string KeyRing::make_line(std::uint8_t id, Random& random) {
  Digest master{};
  random.fill(master);
  std::string line(kLinePrefix);
  line += std::to_string(id) + ':' + base64url_encode(master);
  sodium_memzero(master.data(), master.size());
  return line;
}

Result<KeyRing> KeyRing::parse(std::string_view text) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be initialised");
  KeyRing ring;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    auto parsed = parse_line(line);
    const std::string where = "line " + std::to_string(number) + " of the master key file ";
    if (!parsed) return refused("malformed", where + "is not postern-master-1:<id>:<key>");
    if (ring.has(parsed->id)) return refused("repeated_id", where + "repeats an id");
    ring.masters_.push_back({parsed->id, derive(parsed->master)});
  }
  if (ring.masters_.empty()) return refused("empty", "the master key file holds no key");
  return ring;
}

std::uint8_t KeyRing::current_id() const {
  return masters_.front().id;
}

bool KeyRing::has(std::uint8_t id) const {
  return find(id) != nullptr;
}

const KeyRing::Master* KeyRing::find(std::uint8_t id) const {
  for (const Master& master : masters_) {
    if (master.id == id) return &master;
  }
  return nullptr;
}

Digest KeyRing::mac(KeyPurpose purpose, std::uint8_t id, ByteView message) const {
  const Master* master = find(id);
  if (master == nullptr) throw std::invalid_argument("no master key of that id");
  Digest mac{};
  crypto_auth_hmacsha256(mac.data(), message.data(), message.size(),
                         master->derived.at(static_cast<std::size_t>(purpose)).data());
  return mac;
}

Bytes KeyRing::seal(std::string_view context, ByteView plain, Random& random) const {
  const Master& master = masters_.front();
  Bytes sealed(1 + kNonce + plain.size() + kTag);
  sealed[0] = master.id;
  const auto nonce = std::span(sealed).subspan(1, kNonce);
  random.fill(nonce);
  const Bytes data = associated_data(context, master.id);
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      sealed.data() + 1 + kNonce, nullptr, plain.data(), plain.size(), data.data(), data.size(),
      nullptr, nonce.data(), master.derived.at(static_cast<std::size_t>(KeyPurpose::Seal)).data());
  return sealed;
}

Result<Bytes> KeyRing::open(std::string_view context, ByteView sealed) const {
  if (sealed.size() < 1 + kNonce + kTag) return refused("malformed", "sealed data is too short");
  const Master* master = find(sealed[0]);
  if (master == nullptr)
    return refused("unknown_id", "sealed under a master key that is not in the file");
  const Bytes data = associated_data(context, master->id);
  const ByteView cipher = sealed.subspan(1 + kNonce);
  Bytes plain(cipher.size() - kTag);
  const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
      plain.data(), nullptr, nullptr, cipher.data(), cipher.size(), data.data(), data.size(),
      sealed.data() + 1, master->derived.at(static_cast<std::size_t>(KeyPurpose::Seal)).data());
  if (failed != 0) return refused("not_authentic", "sealed data does not open");
  return plain;
}

}  // namespace postern::domain
