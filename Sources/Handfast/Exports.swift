@_exported public import HandfastCore
@_exported public import HandfastTrust
@_exported public import HandfastWire
