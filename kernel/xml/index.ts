// The door of XML: documents from outside are read without DTD, entities of their own or anything fetched.
export { childOf, childrenOf, readXml, type XmlElement, XmlError, type XmlLimits } from './read.ts'
