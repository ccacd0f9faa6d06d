import CHandfastBoring
import Crypto
package import HandfastCore
import HandfastWire

// HKDF (RFC 5869) over BoringSSL where it can be reached, at a fraction of what swift-crypto's costs, which stands in elsewhere.

extension DefaultCryptoProvider {
  package func extract(_ algorithm: HashAlgorithm, salt: Span<UInt8>, material: Span<UInt8>) -> Secret {
    if usesBoringSSL, let secret = boringExtract(algorithm, salt, material) { return secret }
    switch algorithm {
    case .sha256: return libraryExtract(SHA256.self, salt, material)
    case .sha384: return libraryExtract(SHA384.self, salt, material)
    case .sha512: return libraryExtract(SHA512.self, salt, material)
    }
  }

  package func expand(_ algorithm: HashAlgorithm, key: Span<UInt8>, info: Span<UInt8>, count: Int) -> Secret {
    if usesBoringSSL, let secret = boringExpand(algorithm, key, info, count) { return secret }
    switch algorithm {
    case .sha256: return libraryExpand(SHA256.self, key, info, count)
    case .sha384: return libraryExpand(SHA384.self, key, info, count)
    case .sha512: return libraryExpand(SHA512.self, key, info, count)
    }
  }
}

extension DefaultCryptoProvider {
  package func expandLabel(
    _ algorithm: HashAlgorithm, key: Span<UInt8>, label: String, context: Span<UInt8>, count: Int
  ) -> Secret {
    if usesBoringSSL, let secret = boringExpand(algorithm, key, (label, count), nil, context) { return secret }
    return expandLabelPlainly(algorithm, key: key, label: label, context: context, count: count)
  }

  package func expandLabels(
    _ algorithm: HashAlgorithm, key: Span<UInt8>, _ first: (label: String, count: Int),
    _ second: (label: String, count: Int), context: Span<UInt8>
  ) -> Secret {
    if usesBoringSSL, let secret = boringExpand(algorithm, key, first, second, context) { return secret }
    return Secret(
      joining: expandLabel(algorithm, key: key, label: first.label, context: context, count: first.count),
      expandLabel(algorithm, key: key, label: second.label, context: context, count: second.count))
  }
}

private func boringExtract(_ algorithm: HashAlgorithm, _ salt: Span<UInt8>, _ material: Span<UInt8>) -> Secret? {
  // Safe: every pointer stays in its closure, and as many bytes are written as there is room for.
  unsafe filled(algorithm.byteCount) { output in
    unsafe salt.withUnsafeBufferPointer { salt in
      unsafe material.withUnsafeBufferPointer { material in
        unsafe chb_hkdf_extract(
          algorithm.boring, salt.baseAddress, salt.count, material.baseAddress, material.count, output.baseAddress,
          output.count)
      }
    }
  }
}

private func boringExpand(
  _ algorithm: HashAlgorithm, _ key: Span<UInt8>, _ info: Span<UInt8>, _ count: Int
) -> Secret? {
  // Safe: every pointer stays in its closure, and as many bytes are written as there is room for.
  unsafe filled(count) { output in
    unsafe key.withUnsafeBufferPointer { key in
      unsafe info.withUnsafeBufferPointer { info in
        unsafe chb_hkdf_expand(
          algorithm.boring, key.baseAddress, key.count, info.baseAddress, info.count, output.baseAddress, output.count)
      }
    }
  }
}

/// Nil also where a label, a context or an output is too long.
private func boringExpand(
  _ algorithm: HashAlgorithm, _ key: Span<UInt8>, _ first: (label: String, count: Int),
  _ second: (label: String, count: Int)?, _ context: Span<UInt8>
) -> Secret? {
  var (one, other) = (first.label, second?.label ?? "")
  let count = first.count + (second?.count ?? 0)
  // Safe: every pointer stays in its closure, and the two outputs are as long together as there is room.
  return unsafe filled(count) { output in
    one.withUTF8 { one in
      other.withUTF8 { other in
        let (start, rest) = unsafe (output.baseAddress, output.dropFirst(first.count))
        let wanted: InlineArray<2, chb_label> = unsafe [
          chb_label(label: one.baseAddress, label_length: one.count, expanded: start, expanded_length: first.count),
          chb_label(
            label: other.baseAddress, label_length: other.count, expanded: start.map { unsafe $0 + first.count },
            expanded_length: rest.count),
        ]
        return unsafe key.withUnsafeBufferPointer { key in
          unsafe context.withUnsafeBufferPointer { context in
            unsafe wanted.span.withUnsafeBufferPointer { wanted in
              unsafe chb_tls13_expand_labels(
                algorithm.boring, key.baseAddress, key.count, wanted.baseAddress, second == nil ? 1 : 2,
                context.baseAddress, context.count)
            }
          }
        }
      }
    }
  }
}

/// `count` bytes that `write` has written; nil where it could not.
private func filled(_ count: Int, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Int32) -> Secret? {
  var isDone: Int32 = 0
  // Safe: the pointer stays in its closure, and there is room for `count` bytes.
  let secret = Secret(count: count) { room in unsafe isDone = room.withUnsafeMutableBufferPointer { unsafe write($0) } }
  guard isDone == 1 else { return nil }
  return secret
}

private func libraryExtract<Hash: HashFunction>(
  _ hash: Hash.Type, _ salt: Span<UInt8>, _ material: Span<UInt8>
) -> Secret {
  let key = HKDF<Hash>.extract(
    inputKeyMaterial: SymmetricKey(copying: material), salt: [UInt8](copying: salt))
  return Secret(Array(key))
}

private func libraryExpand<Hash: HashFunction>(
  _ hash: Hash.Type, _ key: Span<UInt8>, _ info: Span<UInt8>, _ count: Int
) -> Secret {
  let expanded = HKDF<Hash>.expand(
    pseudoRandomKey: SymmetricKey(copying: key), info: [UInt8](copying: info), outputByteCount: count)
  // Safe: the bytes are copied within the closure.
  return Secret(unsafe expanded.withUnsafeBytes { unsafe [UInt8]($0) })
}
