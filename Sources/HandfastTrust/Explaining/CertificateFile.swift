package import HandfastCore
import HandfastCrypto

/// What a file with certificates holds: PEM blocks, or one certificate in DER.
package struct CertificateFile: Sendable {
  /// DER, in the order of the file.
  package let certificates: [[UInt8]]
  /// The private keys in it.
  package let keys: [KeyContent]
  /// The labels of blocks that are neither.
  package let otherBlocks: [String]

  /// A private key, as far as it can be read.
  package enum KeyContent: Sendable {
    case usable(kind: KeyKind, encoding: String, der: [UInt8])
    case encrypted
    case unusable(String)
  }

  /// Reads PEM, or DER when the bytes look like it.
  package init(_ bytes: [UInt8]) throws(IdentityError) {
    // A SEQUENCE, and no text: "0" is a digit, too.
    if bytes.first == 0x30, (try? CertificateFields(der: bytes)) != nil {
      (certificates, keys, otherBlocks) = ([bytes], [], [])
      return
    }
    let blocks: [PEMBlock]
    do {
      blocks = try PEMBlock.all(in: String(decoding: bytes, as: UTF8.self))
    } catch {
      switch error {
      case .tooLarge(let count): throw .pemTooLarge(byteCount: count, limit: PEMBlock.byteLimit)
      case .unreadable(let problem): throw .malformedPEM(problem)
      }
    }
    let isCertificate: (PEMBlock) -> Bool = {
      ["CERTIFICATE", "X509 CERTIFICATE"].contains($0.label)
    }
    certificates = blocks.filter(isCertificate).map(\.der)
    keys = blocks.filter { $0.label.hasSuffix("PRIVATE KEY") }.map(KeyContent.init)
    otherBlocks = blocks.filter { !isCertificate($0) && !$0.label.hasSuffix("PRIVATE KEY") }.map(\.label)
  }
}

extension CertificateFile.KeyContent {
  fileprivate init(_ block: PEMBlock) {
    guard !block.hasEncryptionHeader, block.label != "ENCRYPTED PRIVATE KEY" else {
      self = .encrypted
      return
    }
    let readers: [(label: String, encoding: String, read: ([UInt8]) throws -> PrivateKey)] = [
      ("PRIVATE KEY", "PKCS#8", { try PrivateKey(pkcs8: $0) }),
      ("EC PRIVATE KEY", "SEC1", { try PrivateKey(sec1: $0) }),
      ("RSA PRIVATE KEY", "PKCS#1", { try PrivateKey(pkcs1: $0) }),
    ]
    guard let reader = readers.first(where: { $0.label == block.label }) else {
      self = .unusable("a block named \(block.label)")
      return
    }
    guard let key = try? reader.read(block.der) else {
      self = .unusable("the \(block.label) block is damaged, or of a kind that is not known here")
      return
    }
    self = .usable(kind: key.kind, encoding: reader.encoding, der: block.der)
  }

  /// Whether it is the private half of the certificate's key; nil when that cannot be told.
  package func belongs(to certificate: [UInt8]) -> Bool? {
    guard case .usable(_, _, let der) = self else { return nil }
    do {
      _ = try Identity(certificateChainDER: [certificate], privateKeyDER: der)
      return true
    } catch {
      if case .keyDoesNotBelongToCertificate = error { return false }
      return nil
    }
  }
}
