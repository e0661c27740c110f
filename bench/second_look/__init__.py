"""Second looks: is a real correction told from a page that is not the article any more?"""
