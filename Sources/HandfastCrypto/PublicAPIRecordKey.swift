import Crypto
package import HandfastCore
import HandfastWire

/// A record key over swift-crypto's public API, for where BoringSSL cannot be reached. It copies, and allocates per record.
package final class PublicAPIRecordKey: RecordKey, @unchecked Sendable {
  private let algorithm: AEADAlgorithm
  /// A value, never changed; swift-crypto 3.x does not say yet that it is Sendable.
  private let key: SymmetricKey

  package init(_ algorithm: AEADAlgorithm, key: Span<UInt8>) {
    self.algorithm = algorithm
    self.key = SymmetricKey(copying: key)
  }

  package func seal(
    _ plaintext: Span<UInt8>, suffix: Span<UInt8>, into output: inout OutputSpan<UInt8>, nonce: Span<UInt8>,
    additionalData: Span<UInt8>
  ) throws(CryptoError) {
    guard nonce.count == AEADAlgorithm.nonceByteCount else { throw .failure("wrong nonce length") }
    guard output.freeCapacity >= plaintext.count + suffix.count + AEADAlgorithm.tagByteCount else {
      throw .failure("no room for the record")
    }
    var message = [UInt8](copying: plaintext)
    message.append(copying: suffix)
    defer { overwrite(&message) }
    guard let sealed = try? seal(message, nonce: [UInt8](copying: nonce), additional: [UInt8](copying: additionalData))
    else { throw .failure("sealing failed") }
    for byte in sealed { output.append(byte) }
  }

  package func open(_ record: inout MutableSpan<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>) -> Bool {
    let count = record.count - AEADAlgorithm.tagByteCount
    guard count >= 0, nonce.count == AEADAlgorithm.nonceByteCount else { return false }
    let sealed = [UInt8](copying: record.span)
    let (nonce, additional) = ([UInt8](copying: nonce), [UInt8](copying: additionalData))
    guard var plaintext = try? open(sealed[..<count], tag: sealed[count...], nonce: nonce, additional: additional)
    else {
      return false
    }
    defer { overwrite(&plaintext) }
    for index in plaintext.indices { record[index] = plaintext[index] }
    return true
  }

  private func seal(_ message: [UInt8], nonce: [UInt8], additional: [UInt8]) throws -> [UInt8] {
    switch algorithm {
    case .aes128GCM, .aes256GCM:
      let box = try AES.GCM.seal(message, using: key, nonce: .init(data: nonce), authenticating: additional)
      return [UInt8](box.ciphertext) + [UInt8](box.tag)
    case .chaCha20Poly1305:
      let box = try ChaChaPoly.seal(message, using: key, nonce: .init(data: nonce), authenticating: additional)
      return [UInt8](box.ciphertext) + [UInt8](box.tag)
    }
  }

  private func open(
    _ ciphertext: ArraySlice<UInt8>, tag: ArraySlice<UInt8>, nonce: [UInt8], additional: [UInt8]
  ) throws -> [UInt8] {
    switch algorithm {
    case .aes128GCM, .aes256GCM:
      let box = try AES.GCM.SealedBox(nonce: .init(data: nonce), ciphertext: ciphertext, tag: tag)
      return try [UInt8](AES.GCM.open(box, using: key, authenticating: additional))
    case .chaCha20Poly1305:
      let box = try ChaChaPoly.SealedBox(nonce: .init(data: nonce), ciphertext: ciphertext, tag: tag)
      return try [UInt8](ChaChaPoly.open(box, using: key, authenticating: additional))
    }
  }
}

extension SymmetricKey {
  /// A key whose bytes are left nowhere but in the key.
  init(copying span: Span<UInt8>) {
    var bytes = [UInt8](copying: span)
    defer { overwrite(&bytes) }
    self.init(data: bytes)
  }
}
