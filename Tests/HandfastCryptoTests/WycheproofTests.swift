import Crypto
import HandfastCore
import HandfastCrypto
import HandfastWire
import TestTurns
import Testing

/// C2SP's vectors through the seams. Each test counts what it used, so that a file that was cut down does not pass unnoticed.
@Suite(.inTurn) struct WycheproofTests {
  @Test(arguments: RecordCipher.allCases, ["aes_gcm", "chacha20_poly1305"])
  func `records are sealed and opened as the AEAD vectors say`(cipher: RecordCipher, file: String) throws {
    let provider = DefaultCryptoProvider(recordCipher: cipher)
    var used = 0
    for (group, vector) in try Wycheproof.vectors(file) where group.ivSize == 96 && group.tagSize == 128 {
      let secret = try bytes(vector.key)
      let algorithms: [AEADAlgorithm] = file == "aes_gcm" ? [.aes128GCM, .aes256GCM] : [.chaCha20Poly1305]
      guard let algorithm = algorithms.first(where: { $0.keyByteCount == secret.count }) else { continue }
      let key = try provider.recordKey(algorithm, key: secret.span)
      let (nonce, additional) = (try bytes(vector.iv), try bytes(vector.aad))
      let (message, sealed) = (try bytes(vector.msg), try bytes(vector.ct) + bytes(vector.tag))
      if vector.isValid {
        #expect(try key.sealed(message, nonce: nonce, additional: additional) == sealed, "\(vector.tcId)")
      }
      var record = sealed
      #expect(key.opened(&record, nonce: nonce, additional: additional) == vector.isValid, "\(vector.tcId)")
      if vector.isValid { #expect(Array(record.prefix(message.count)) == message, "\(vector.tcId)") }
      used += 1
    }
    #expect(used >= (file == "aes_gcm" ? 130 : 300))
  }

  /// Wycheproof has it first, and it must not get lost there.
  @Test(arguments: RecordCipher.allCases)
  func `the example of RFC 8439 §2.8.2 is sealed as printed there`(cipher: RecordCipher) throws {
    let (_, vector) = try #require(
      try Wycheproof.vectors("chacha20_poly1305").first { $0.vector.comment == "RFC 7539" })
    let secret = [UInt8](0x80...0x9f)
    let key = try DefaultCryptoProvider(recordCipher: cipher).recordKey(.chaCha20Poly1305, key: secret.span)
    let text = """
      Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.
      """
    let sealed = try key.sealed(
      Array(text.utf8), nonce: [7, 0, 0, 0] + [UInt8](0x40...0x47),
      additional: [0x50, 0x51, 0x52, 0x53] + [UInt8](0xc0...0xc7))
    let tag = try bytes("1ae10b594f09e26a7e902ecbd0600691")
    #expect(Array(sealed.suffix(16)) == tag)
    let expected = try bytes(vector.ct) + tag
    #expect(sealed == expected)
  }

  @Test(arguments: RecordCipher.allCases, [HashAlgorithm.sha256, .sha384])
  func `MACs are as the HMAC vectors say`(cipher: RecordCipher, hash: HashAlgorithm) throws {
    let provider = DefaultCryptoProvider(recordCipher: cipher)
    var used = 0
    let file = hash == .sha256 ? "hmac_sha256" : "hmac_sha384"
    for (group, vector) in try Wycheproof.vectors(file) where group.tagSize == hash.byteCount * 8 {
      let (key, message, tag) = (try bytes(vector.key), try bytes(vector.msg), try bytes(vector.tag))
      let mac = provider.mac(hash, key: key.span)
      for split in [0, message.count / 2, message.count] {
        let (first, second) = (Array(message[..<split]), Array(message[split...]))
        let made = mac.authenticate(first.span, second.span)
        #expect(constantTimeEqual(made.span, tag.span) == vector.isValid, "\(vector.tcId)")
      }
      used += 1
    }
    #expect(used >= 80)
  }

  @Test(arguments: RecordCipher.allCases, [HashAlgorithm.sha256, .sha384])
  func `keys are derived as the HKDF vectors say`(cipher: RecordCipher, hash: HashAlgorithm) throws {
    let provider = DefaultCryptoProvider(recordCipher: cipher)
    var used = 0
    // The others want more than HKDF can give: no length of ours comes near.
    for (_, vector) in try Wycheproof.vectors("hkdf_\(hash == .sha256 ? "sha256" : "sha384")") where vector.isValid {
      let (material, salt) = (try bytes(vector.ikm), try bytes(vector.salt))
      let secret = ScheduleSecret(extractingFrom: material.span, salt: salt.span, hash: hash, provider: provider)
      let (info, count) = (try bytes(vector.info), try #require(vector.size))
      let made = secret.withSpan { provider.expand(hash, key: $0, info: info.span, count: count).bytes }
      #expect(made == (try bytes(vector.okm)), "\(vector.tcId)")
      used += 1
    }
    #expect(used >= 70)
  }

  /// Through the hybrid: its ML-KEM share comes first, and so does the secret's part (RFC 10024).
  @Test func `ML-KEM ciphertexts are opened as the vectors say, and refused when their length is wrong`() throws {
    let provider = DefaultCryptoProvider()
    let other = try provider.ephemeralKey(in: .x25519)
    var (opened, refused) = (0, 0)
    for (_, vector) in try Wycheproof.vectors("mlkem_768") {
      let seed = try bytes(vector.seed)
      // A seed is ours, never the peer's.
      guard seed.count == 64 else { continue }
      let key = try provider.ephemeralKey(in: .x25519MLKEM768) { $0 == 64 ? seed : provider.randomBytes($0) }
      let share = try bytes(vector.c) + other.publicValue
      guard vector.isValid else {
        #expect(throws: CryptoError.invalidPublicValue, "\(vector.tcId)") {
          _ = try key.sharedSecret(with: share.span).bytes
        }
        refused += 1
        continue
      }
      let secret = try Array(key.sharedSecret(with: share.span).bytes.prefix(32))
      #expect(try secret == bytes(vector.K), "\(vector.tcId)")
      opened += 1
    }
    #expect(opened == 153)
    #expect(refused == 20)
  }

  @Test(arguments: [NamedGroup.secp256r1, .secp384r1, .secp521r1])
  func `NIST key exchanges end as the ECDH vectors say`(group: NamedGroup) throws {
    var used = 0
    let size = group == .secp256r1 ? 32 : group == .secp384r1 ? 48 : 66
    for (_, vector) in try Wycheproof.vectors("ecdh_\(group)_ecpoint") {
      let scalar = try bytes(vector.private)
      let padded = Array(([UInt8](repeating: 0, count: size) + scalar).suffix(size))
      let key = try DefaultCryptoProvider().ephemeralKey(in: group) { _ in padded }
      let peer = try bytes(vector.public)
      if vector.isValid {
        #expect(try key.sharedSecret(with: peer.span).bytes == bytes(vector.shared), "\(vector.tcId)")
      } else {
        // The one that is "acceptable" is a compressed point, which TLS has no more.
        #expect(throws: CryptoError.invalidPublicValue, "\(vector.tcId)") {
          _ = try key.sharedSecret(with: peer.span).bytes
        }
      }
      used += 1
    }
    #expect(used >= 350)
  }

  @Test(arguments: RecordCipher.allCases)
  func `X25519 exchanges end as the vectors say, and never in zero`(cipher: RecordCipher) throws {
    let provider = DefaultCryptoProvider(recordCipher: cipher)
    var (used, refused) = (0, 0)
    for (_, vector) in try Wycheproof.vectors("x25519") {
      let scalar = try bytes(vector.private)
      let key = try provider.ephemeralKey(in: .x25519) { _ in scalar }
      let (peer, shared) = (try bytes(vector.public), try bytes(vector.shared))
      if shared.allSatisfy({ $0 == 0 }) {
        #expect(throws: CryptoError.invalidPublicValue, "\(vector.tcId)") {
          _ = try key.sharedSecret(with: peer.span).bytes
        }
        refused += 1
      } else {
        #expect(try key.sharedSecret(with: peer.span).bytes == shared, "\(vector.tcId)")
      }
      used += 1
    }
    #expect(used >= 518)
    #expect(refused >= 20)
  }

  struct SignatureFile: CustomTestStringConvertible {
    let name: String
    let scheme: SignatureScheme
    let count: Int
    var testDescription: String { name }
  }

  @Test(arguments: [
    SignatureFile(name: "ecdsa_secp256r1_sha256", scheme: .ecdsaSecp256r1SHA256, count: 484),
    SignatureFile(name: "ecdsa_secp384r1_sha384", scheme: .ecdsaSecp384r1SHA384, count: 504),
    SignatureFile(name: "ecdsa_secp521r1_sha512", scheme: .ecdsaSecp521r1SHA512, count: 542),
    SignatureFile(name: "ed25519", scheme: .ed25519, count: 151),
    SignatureFile(name: "rsa_signature_2048_sha256", scheme: .rsaPKCS1SHA256, count: 259),
    SignatureFile(name: "rsa_pss_2048_sha256_mgf1_32", scheme: .rsaPSSRSAESHA256, count: 108),
  ])
  func `signatures are judged as the vectors say`(file: SignatureFile) throws {
    var used = 0
    for (group, vector) in try Wycheproof.vectors(file.name) {
      let key = try PublicKey(subjectPublicKeyInfo: bytes(group.publicKeyDer))
      let (message, signature) = (try bytes(vector.msg), try bytes(vector.sig))
      let verdict = key.isValid(signature, over: message, scheme: file.scheme)
      #expect(verdict == vector.isValid, "\(vector.tcId) \(vector.comment ?? "") \(vector.flags)")
      used += 1
    }
    #expect(used >= file.count)
  }

  @Test func `swift-crypto, which checks signatures on P-256 where BoringSSL cannot be reached, judges alike`() throws {
    for (group, vector) in try Wycheproof.vectors("ecdsa_secp256r1_sha256") {
      let key = LibraryP256PublicKey(try P256.Signing.PublicKey(derRepresentation: bytes(group.publicKeyDer)))
      let (message, signature) = (try bytes(vector.msg), try bytes(vector.sig))
      #expect(key.isValid(signature, over: message, .sha256) == vector.isValid, "\(vector.tcId)")
    }
  }

  @Test func `RSA decryption gives 48 bytes that were well padded, or else the replacement`() throws {
    var used = 0
    let replacement = [UInt8](repeating: 0x5a, count: 48)
    for (group, vector) in try Wycheproof.vectors("rsa_pkcs1_2048") {
      let key = try PrivateKey(pkcs8: bytes(group.privateKeyPkcs8))
      let message = try bytes(vector.msg)
      let secret = try key.decrypted(bytes(vector.ct), replacement: replacement)
      #expect(secret == (vector.isValid && message.count == 48 ? message : replacement), "\(vector.tcId)")
      used += 1
    }
    #expect(used >= 67)
  }
}
