public import HandfastCore
import HandfastCrypto
import HandfastWire

extension Identity {
  /// Reads a chain and its private key from PEM.
  ///
  /// `certificateChainPEM` holds the own certificate first, then its issuers up to, and best without, the root. The key is a
  /// PKCS#8, SEC1 or PKCS#1 block. Text around the blocks, and blocks of other kinds, are skipped, so one file that holds both
  /// can be passed twice.
  ///
  /// `passphrase` opens an encrypted PKCS#8 key (PBES2 with PBKDF2 and AES-CBC); a key that is not encrypted does not need it.
  public init(
    certificateChainPEM: String, privateKeyPEM: String, passphrase: [UInt8]? = nil
  ) throws(IdentityError) {
    let chain = try Self.certificates(in: certificateChainPEM)
    try self.init(chain: chain, key: try Self.privateKey(in: privateKeyPEM, passphrase))
  }

  /// Takes DER: the chain as with PEM, the key as PKCS#8, SEC1 or PKCS#1.
  public init(certificateChainDER: [[UInt8]], privateKeyDER: [UInt8]) throws(IdentityError) {
    let key =
      (try? PrivateKey(pkcs8: privateKeyDER)) ?? (try? PrivateKey(sec1: privateKeyDER))
      ?? (try? PrivateKey(pkcs1: privateKeyDER))
    guard let key else { throw .unsupportedPrivateKey("neither PKCS#8, SEC1 nor PKCS#1 of a supported kind") }
    try self.init(chain: certificateChainDER, key: key)
  }

  /// An identity whose key is elsewhere (an HSM, a KMS): the connection asks for its signatures with `Need.signature`.
  public init(certificateChainDER: [[UInt8]]) throws(IdentityError) {
    try self.init(chain: certificateChainDER, key: nil)
  }

  /// An identity whose key is elsewhere (an HSM, a KMS): the connection asks for its signatures with `Need.signature`.
  public init(certificateChainPEM: String) throws(IdentityError) {
    try self.init(chain: try Self.certificates(in: certificateChainPEM), key: nil)
  }

  /// More than any chain in use; a Certificate message could not carry many more.
  static var chainLimit: Int { 32 }

  init(chain: [[UInt8]], key: PrivateKey?) throws(IdentityError) {
    guard chain.count <= Self.chainLimit else {
      throw .tooManyCertificates(count: chain.count, limit: Self.chainLimit)
    }
    var fields: [CertificateFields] = []
    for (position, der) in chain.enumerated() {
      do {
        fields.append(try CertificateFields(der: der))
      } catch {
        throw .unreadableCertificate(position: position, reason: plain(error))
      }
    }
    guard let leaf = fields.first else { throw .noCertificate }
    //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.2
    //# Each following certificate MUST directly certify the one preceding it.
    for (position, (lower, upper)) in zip(fields, fields.dropFirst()).enumerated()
    where lower.issuer.der != upper.subject.der {
      throw .chainOutOfOrder(position: position, issuer: lower.issuer.text, next: upper.subject.text)
    }
    let kind: KeyKind
    switch leaf.key {
    case .usable(let usable): kind = usable
    case .unusable(let name): throw .unsupportedCertificateKey(name)
    }
    guard let publicKey = try? PublicKey(subjectPublicKeyInfo: leaf.publicKeyInfo) else {
      throw .unsupportedCertificateKey(kind.description)
    }
    if let key, !key.belongs(to: publicKey) {
      throw .keyDoesNotBelongToCertificate(key: key.kind, certificate: kind, subject: leaf.subject.text)
    }
    self.init(
      chain: chain, certificates: fields.map(CertificateDescription.init), keyKind: kind,
      issuerNames: fields.map(\.issuer.der), dnsNames: leaf.extensions.dnsNames, key: key)
    let extensions = leaf.extensions
    satisfies = { extensions.satisfy($0) }
  }

  static func certificates(in text: String) throws(IdentityError) -> [[UInt8]] {
    try blocks(in: text).filter { ["CERTIFICATE", "X509 CERTIFICATE"].contains($0.label) }.map(\.der)
  }

  static func privateKey(in text: String, _ passphrase: [UInt8]?) throws(IdentityError) -> PrivateKey {
    let keys = try blocks(in: text).filter { $0.label.hasSuffix("PRIVATE KEY") }
    guard let block = keys.first else { throw .noPrivateKey }
    guard keys.count == 1 else { throw .severalPrivateKeys(count: keys.count) }
    guard !block.hasEncryptionHeader else { throw .legacyEncryptedPrivateKey }
    if block.label == "ENCRYPTED PRIVATE KEY" { return try decrypt(block.der, passphrase) }
    do {
      switch block.label {
      case "PRIVATE KEY": return try PrivateKey(pkcs8: block.der)
      case "EC PRIVATE KEY": return try PrivateKey(sec1: block.der)
      case "RSA PRIVATE KEY": return try PrivateKey(pkcs1: block.der)
      default: throw IdentityError.unsupportedPrivateKey("a block named \(block.label)")
      }
    } catch let error as IdentityError {
      throw error
    } catch {
      throw .unsupportedPrivateKey("the \(block.label) block is damaged, or of another kind")
    }
  }

  private static func decrypt(_ der: [UInt8], _ passphrase: [UInt8]?) throws(IdentityError) -> PrivateKey {
    let encrypted = try EncryptedKey(der: der)
    guard let passphrase else { throw .encryptedPrivateKey }
    // The padding of one wrong passphrase in 256 looks right; what is inside then looks like no sequence.
    guard var pkcs8 = encrypted.decrypt(passphrase), pkcs8.first == 0x30 else { throw .wrongPassphrase }
    defer { overwrite(&pkcs8) }
    do {
      return try PrivateKey(pkcs8: pkcs8)
    } catch {
      throw .unsupportedPrivateKey("the key inside the encrypted block is damaged, or of another kind")
    }
  }

  private static func blocks(in text: String) throws(IdentityError) -> [PEMBlock] {
    do {
      return try PEMBlock.all(in: text)
    } catch {
      switch error {
      case .tooLarge(let count): throw .pemTooLarge(byteCount: count, limit: PEMBlock.byteLimit)
      case .unreadable(let problem): throw .malformedPEM(problem)
      }
    }
  }
}

extension PrivateKey {
  /// Proves it by use: encodings of one public key may differ.
  fileprivate func belongs(to publicKey: PublicKey) -> Bool {
    let message: [UInt8] = Array("Handfast: does this key belong to this certificate?".utf8)
    guard kind == publicKey.kind, let scheme = kind.signatureSchemes13.first,
      let signature = try? sign(message, scheme: scheme)
    else { return false }
    return publicKey.isValid(signature, over: message, scheme: scheme)
  }
}
