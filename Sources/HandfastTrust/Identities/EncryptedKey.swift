import Crypto
import SwiftASN1
import _CryptoExtras

/// A private key under a passphrase: PKCS#8's EncryptedPrivateKeyInfo (RFC 5958 §3) with PBES2 (RFC 8018 §6.2), PBKDF2 and
/// AES-CBC, as OpenSSL writes it.
struct EncryptedKey {
  /// OpenSSL takes 2,048, careful people a million. More would be a way to keep this process busy.
  static let iterationLimit = 10_000_000

  private let salt: [UInt8]
  private let iterations: Int
  private let hash: KDF.Insecure.PBKDF2.HashFunction
  private let keyByteCount: Int
  private let iv: [UInt8]
  private let ciphertext: [UInt8]

  init(der: [UInt8]) throws(IdentityError) {
    let parsed: Parsed
    do {
      parsed = try Parsed(derEncoded: DER.parse(der))
    } catch let error as IdentityError {
      throw error
    } catch {
      throw .unsupportedEncryption("its ENCRYPTED PRIVATE KEY block is damaged (\(plain(error)))")
    }
    guard (1...Self.iterationLimit).contains(parsed.iterations) else {
      throw .unsupportedEncryption(
        "\(parsed.iterations) iterations of PBKDF2, where 1 to \(Self.iterationLimit) are accepted")
    }
    guard parsed.keyLength ?? parsed.keyByteCount == parsed.keyByteCount, parsed.iv.count == 16 else {
      throw .unsupportedEncryption("parameters that do not go with AES-CBC")
    }
    salt = parsed.salt
    iterations = parsed.iterations
    hash = parsed.hash
    keyByteCount = parsed.keyByteCount
    iv = parsed.iv
    ciphertext = parsed.ciphertext
  }

  /// The PKCS#8 inside; nil when the passphrase is wrong, as far as the padding tells. The caller overwrites it.
  func decrypt(_ passphrase: [UInt8]) -> [UInt8]? {
    guard
      let key = try? KDF.Insecure.PBKDF2.deriveKey(
        from: passphrase, salt: salt, using: hash, outputByteCount: keyByteCount, unsafeUncheckedRounds: iterations),
      let iv = try? AES._CBC.IV(ivBytes: iv), let plaintext = try? AES._CBC.decrypt(ciphertext, using: key, iv: iv)
    else { return nil }
    return Array(plaintext)
  }
}

// MARK: - DER

extension EncryptedKey {
  private struct Parsed {
    var salt: [UInt8] = []
    var iterations = 0
    var keyLength: Int?
    var hash = KDF.Insecure.PBKDF2.HashFunction.insecureSHA1
    var keyByteCount = 0
    var iv: [UInt8] = []
    var ciphertext: [UInt8] = []

    init(derEncoded root: ASN1Node) throws {
      self = try DER.sequence(root, identifier: .sequence) { info in
        var parsed = Parsed()
        try Self.sequence(&info) { scheme in
          let name = try ASN1ObjectIdentifier(derEncoded: &scheme)
          guard name == .pbes2 else { throw IdentityError.unsupportedEncryption("the scheme \(name), not PBES2") }
          try Self.sequence(&scheme) { parameters in
            try parsed.readDerivation(&parameters)
            try parsed.readCipher(&parameters)
          }
        }
        parsed.ciphertext = Array(try ASN1OctetString(derEncoded: &info).bytes)
        return parsed
      }
    }

    private init() {}

    private static func sequence(
      _ nodes: inout ASN1NodeCollection.Iterator, _ body: (inout ASN1NodeCollection.Iterator) throws -> Void
    ) throws {
      guard let node = nodes.next() else { throw ASN1Error.invalidASN1Object(reason: "a field is missing") }
      try DER.sequence(node, identifier: .sequence, body)
    }

    private mutating func readDerivation(_ nodes: inout ASN1NodeCollection.Iterator) throws {
      try Self.sequence(&nodes) { derivation in
        let name = try ASN1ObjectIdentifier(derEncoded: &derivation)
        guard name == .pbkdf2 else {
          throw IdentityError.unsupportedEncryption(name == .scrypt ? "scrypt, not PBKDF2" : "\(name), not PBKDF2")
        }
        try Self.sequence(&derivation) { parameters in
          salt = Array(try ASN1OctetString(derEncoded: &parameters).bytes)
          iterations = try Int(derEncoded: &parameters)
          var next = parameters.next()
          if let node = next, node.identifier == .integer {
            keyLength = try Int(derEncoded: node)
            next = parameters.next()
          }
          if let node = next { hash = try Self.hash(node) }
        }
      }
    }

    private static func hash(_ node: ASN1Node) throws -> KDF.Insecure.PBKDF2.HashFunction {
      try DER.sequence(node, identifier: .sequence) { algorithm in
        let name = try ASN1ObjectIdentifier(derEncoded: &algorithm)
        // NULL, or nothing.
        _ = algorithm.next()
        return switch name {
        case .hmacSHA1: .insecureSHA1
        case .hmacSHA256: .sha256
        case .hmacSHA384: .sha384
        case .hmacSHA512: .sha512
        default: throw IdentityError.unsupportedEncryption("PBKDF2 with \(name)")
        }
      }
    }

    private mutating func readCipher(_ nodes: inout ASN1NodeCollection.Iterator) throws {
      try Self.sequence(&nodes) { cipher in
        let name = try ASN1ObjectIdentifier(derEncoded: &cipher)
        switch name {
        case .aes128CBC: keyByteCount = 16
        case .aes192CBC: keyByteCount = 24
        case .aes256CBC: keyByteCount = 32
        default: throw IdentityError.unsupportedEncryption("the cipher \(name), not AES-CBC")
        }
        iv = Array(try ASN1OctetString(derEncoded: &cipher).bytes)
      }
    }
  }
}

// RFC 8018 appendix C, RFC 7914 §7, NIST's registry for AES.
extension ASN1ObjectIdentifier {
  fileprivate static let pbes2: Self = [1, 2, 840, 113_549, 1, 5, 13]
  fileprivate static let pbkdf2: Self = [1, 2, 840, 113_549, 1, 5, 12]
  fileprivate static let scrypt: Self = [1, 3, 6, 1, 4, 1, 11591, 4, 11]
  fileprivate static let hmacSHA1: Self = [1, 2, 840, 113_549, 2, 7]
  fileprivate static let hmacSHA256: Self = [1, 2, 840, 113_549, 2, 9]
  fileprivate static let hmacSHA384: Self = [1, 2, 840, 113_549, 2, 10]
  fileprivate static let hmacSHA512: Self = [1, 2, 840, 113_549, 2, 11]
  fileprivate static let aes128CBC: Self = [2, 16, 840, 1, 101, 3, 4, 1, 2]
  fileprivate static let aes192CBC: Self = [2, 16, 840, 1, 101, 3, 4, 1, 22]
  fileprivate static let aes256CBC: Self = [2, 16, 840, 1, 101, 3, 4, 1, 42]
}
