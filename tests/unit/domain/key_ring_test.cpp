#include "domain/key_ring.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

namespace postern::domain {
namespace {

constexpr const char* kKeyOne = "postern-master-1:1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
constexpr const char* kKeyTwo = "postern-master-1:2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8";

KeyRing ring_of(const std::string& text) {
  return KeyRing::parse(text).value();
}

class MasterKeyFile : public ::testing::Test {
 protected:
  MasterKeyFile() {
    std::string name = "/tmp/postern-key-XXXXXX";
    directory_ = mkdtemp(name.data());
    file_ = directory_ / "master.key";
  }
  ~MasterKeyFile() override { std::filesystem::remove_all(directory_); }

  void write(const std::string& text, mode_t mode = 0600) const {
    std::ofstream(file_) << text;
    chmod(file_.c_str(), mode);
  }
  [[nodiscard]] std::string reason() const {
    const auto ring = KeyRing::load(file_);
    return ring ? "fine" : ring.error().reason;
  }

  std::filesystem::path directory_, file_;
};

TEST_F(MasterKeyFile, IsReadWhenOnlyItsOwnerMay) {
  write(std::string("# of the first machine\n\n") + kKeyOne + "\r\n  " + kKeyTwo + "\n");
  const auto ring = KeyRing::load(file_);
  ASSERT_TRUE(ring);
  EXPECT_EQ(ring->current_id(), 1);
  EXPECT_TRUE(ring->has(2));
  EXPECT_FALSE(ring->has(3));
}

TEST_F(MasterKeyFile, IsRefusedWhenOthersMayReadIt) {
  for (const mode_t mode : {0640U, 0604U, 0620U, 0601U, 0666U}) {
    write(kKeyOne, mode);
    EXPECT_EQ(reason(), "exposed") << std::oct << mode;
  }
  write(kKeyOne, 0400);
  EXPECT_EQ(reason(), "fine");
}

TEST_F(MasterKeyFile, IsRefusedWhenItIsNoFile) {
  EXPECT_EQ(reason(), "missing");
  std::filesystem::create_directory(file_);
  chmod(file_.c_str(), 0700);
  EXPECT_EQ(reason(), "not_a_file");
  std::filesystem::remove(file_);
  ASSERT_EQ(mkfifo(file_.c_str(), 0600), 0);
  EXPECT_EQ(reason(), "not_a_file");  // and does not wait for a writer
}

TEST_F(MasterKeyFile, IsRefusedWhenEmptyOrTooLarge) {
  write("");
  EXPECT_EQ(reason(), "empty");
  write("# nothing but this\n");
  EXPECT_EQ(reason(), "empty");
  write(std::string(70'000, '#'));
  EXPECT_EQ(reason(), "too_long");
}

TEST(MasterKeyText, IsRefusedUnlessExact) {
  const std::string key(kKeyOne);
  for (const std::string& text :
       {key + "A", key.substr(0, key.size() - 1), key + "=", "x" + key,
        std::string("postern-master-2:1:") + key.substr(19),
        std::string("postern-master-1:0:") + key.substr(19),
        std::string("postern-master-1:256:") + key.substr(19),
        std::string("postern-master-1:-1:") + key.substr(19),
        std::string("postern-master-1::") + key.substr(19), key.substr(0, key.size() - 1) + "9"}) {
    const auto ring = KeyRing::parse(text);
    ASSERT_FALSE(ring) << text;
    EXPECT_EQ(ring.error().reason, "malformed");
    EXPECT_EQ(ring.error().detail.find("AAEC"), std::string::npos) << "a key in the log";
  }
  EXPECT_EQ(KeyRing::parse(key + "\n" + key).error().reason, "repeated_id");
}

TEST(MasterKeyText, AFreshLineIsReadableAndNeverTheSame) {
  SodiumRandom random;
  const std::string line = KeyRing::make_line(255, random);
  EXPECT_EQ(ring_of(line).current_id(), 255);
  EXPECT_NE(line, KeyRing::make_line(255, random));
}

TEST(DerivedKeys, R10EachPurposeAndIdHasItsOwn) {
  const KeyRing ring = ring_of(std::string(kKeyOne) + "\n" + kKeyTwo);
  std::set<Digest> macs;
  for (const auto purpose : {KeyPurpose::RefreshMac, KeyPurpose::ApiKeyHash, KeyPurpose::Seal,
                             KeyPurpose::LookupHash, KeyPurpose::Fingerprint}) {
    for (const std::uint8_t id : {std::uint8_t{1}, std::uint8_t{2}})
      macs.insert(ring.mac(purpose, id, as_bytes("message")));
  }
  EXPECT_EQ(macs.size(), 10U);
}

TEST(DerivedKeys, StayTheSameForeverAndWhereverTheLineStands) {
  const KeyRing alone = ring_of(kKeyTwo);
  const KeyRing later = ring_of(std::string(kKeyOne) + "\n" + kKeyTwo);
  const Digest mac = alone.mac(KeyPurpose::RefreshMac, 2, as_bytes("message"));
  EXPECT_EQ(mac, later.mac(KeyPurpose::RefreshMac, 2, as_bytes("message")));
  // Tokens and hashes out in the world depend on this value. It was computed in Python:
  // HMAC-SHA-256 under BLAKE2b of nothing with the master as key, salt 1 (little endian), person
  // "postern1".
  EXPECT_EQ(hex_encode(mac), "813cb6c0dded18184f55b8340baeab9602976511a4ee78fd113b57232e22ed6a");
}

TEST(DerivedKeys, AnUnknownIdIsADefect) {
  EXPECT_THROW((void)ring_of(kKeyOne).mac(KeyPurpose::Seal, 9, {}), std::invalid_argument);
}

TEST(Sealing, OpensUnderTheSameContextOnly) {
  const KeyRing ring = ring_of(kKeyOne);
  SodiumRandom random;
  const Bytes sealed = ring.seal("signing-key:1", as_bytes("secret"), random);
  EXPECT_EQ(ring.open("signing-key:1", sealed).value(), Bytes({'s', 'e', 'c', 'r', 'e', 't'}));
  EXPECT_EQ(ring.open("signing-key:2", sealed).error().reason, "not_authentic");
  EXPECT_EQ(ring.open("", sealed).error().reason, "not_authentic");
}

TEST(Sealing, RefusesEveryFlippedBitAndEveryCut) {
  const KeyRing ring = ring_of(kKeyOne);
  SodiumRandom random;
  const Bytes sealed = ring.seal("c", as_bytes("secret"), random);
  for (std::size_t i = 0; i < sealed.size() * 8; ++i) {
    Bytes bad = sealed;
    bad[i / 8] = static_cast<std::uint8_t>(bad[i / 8] ^ (1U << (i % 8)));
    EXPECT_FALSE(ring.open("c", bad)) << i;
  }
  for (std::size_t length = 0; length < sealed.size(); ++length)
    EXPECT_FALSE(ring.open("c", ByteView(sealed).first(length))) << length;
}

// CVE-2021-32791: a nonce used twice gives the plain text away.
TEST(Sealing, Cve202132791NeverTheSameTwice) {
  const KeyRing ring = ring_of(kKeyOne);
  SodiumRandom random;
  std::set<Bytes> nonces;
  for (int i = 0; i < 1000; ++i) {
    const Bytes sealed = ring.seal("c", as_bytes("same"), random);
    nonces.insert(Bytes(sealed.begin() + 1, sealed.begin() + 25));
  }
  EXPECT_EQ(nonces.size(), 1000U);
}

TEST(Sealing, OldKeysOpenAndTheFirstOneSeals) {
  SodiumRandom random;
  const Bytes old = ring_of(kKeyOne).seal("c", as_bytes("x"), random);
  const KeyRing rotated = ring_of(std::string(kKeyTwo) + "\n" + kKeyOne);
  EXPECT_TRUE(rotated.open("c", old));
  EXPECT_EQ(rotated.seal("c", as_bytes("x"), random)[0], 2);
  EXPECT_EQ(ring_of(kKeyTwo).open("c", old).error().reason, "unknown_id");
}

TEST(Sealing, WorksForNothingAtAll) {
  const KeyRing ring = ring_of(kKeyOne);
  SodiumRandom random;
  const Bytes sealed = ring.seal("c", {}, random);
  EXPECT_EQ(ring.open("c", sealed).value(), Bytes());
}

}  // namespace
}  // namespace postern::domain
