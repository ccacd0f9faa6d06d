package import HandfastCore

/// swift-crypto has a type of this name as well; in this module it is always ours.
package typealias CryptoError = HandfastCore.CryptoError
